import { type Command, InvalidArgumentError } from "commander";
import { usdToPico } from "../money/decimal.ts";
import type { StatementPeriod } from "../money/statements/statement.ts";
import type { PicoUsd } from "../spec/money.ts";
import { type BilledUnit, billedUnits, tokenClasses, type TokenClass, type Usage } from "../spec/usage.ts";
import { CommandFailure, exitCodes } from "./exit-codes.ts";

/** Counts of one call as flags give them, and where and how it was served. */
export interface UsageFlags extends Readonly<Partial<Record<TokenClass, number>>> {
  readonly unit?: readonly string[];
  readonly tool?: readonly string[];
  readonly tier?: string;
  readonly region?: string;
}

/** Adds `--input`, `--cache-read`, `--cache-write-5m` and so on, one flag a token class. */
export function addTokenFlags(command: Command): Command {
  for (const name of tokenClasses) command.option(`${flagOf(name)} <tokens>`, `tokens of the class ${name}`, readCount);
  return command;
}

/** Adds what is not a token: units, tools, service tier, region. */
export function addCircumstanceFlags(command: Command): Command {
  return command
    .option("--unit <name=count...>", `what is no token: ${billedUnits.join(", ")}`)
    .option("--tool <name=count...>", "calls of tools that the vendor runs, by its own name for them")
    .option("--tier <name>", "service tier that served it: batch, flex, priority, ...")
    .option("--region <name>", "where it was served: us, eu, ...");
}

/** The usage that flags describe; null when they count nothing. */
export function usageOfFlags(flags: UsageFlags): Usage | null {
  const counted = tokenClasses.filter((name) => flags[name] !== undefined);
  const tokens = Object.fromEntries(counted.map((name) => [name, flags[name]]));
  const units = countsOf(flags.unit, "--unit");
  const unknown = Object.keys(units).find((name) => !billedUnits.includes(name as BilledUnit));
  if (unknown !== undefined) {
    const message = `--unit ${unknown} is none of ${billedUnits.join(", ")}.`;
    throw new CommandFailure(exitCodes.usage, message);
  }
  const tools = countsOf(flags.tool, "--tool");
  const [hasUnits, hasTools] = [units, tools].map((counts) => Object.keys(counts).length > 0);
  if (counted.length === 0 && hasUnits !== true && hasTools !== true) return null;
  return {
    source: "provider",
    tokens,
    ...(hasUnits === true ? { units } : {}),
    ...(hasTools === true ? { serverToolCalls: tools } : {}),
  };
}

/** The usage with the service tier and region of the flags. */
export function servedAs(usage: Usage, { tier, region }: UsageFlags): Usage {
  const serviceTier = tier === undefined ? {} : { serviceTier: tier };
  return { ...usage, ...serviceTier, ...(region === undefined ? {} : { region }) };
}

/** A whole number from 0 up. @throws InvalidArgumentError, which ends the command with 2. */
export function readCount(text: string): number {
  const count = Number(text.replaceAll(/[_,](?=\d{3})/g, ""));
  if (text.trim() !== "" && Number.isSafeInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError("It takes a whole number from 0 up, such as 1000.");
}

/** An amount in USD, as pico-dollars. @throws InvalidArgumentError, which ends the command with 2. */
export function readUsdFlag(text: string): PicoUsd {
  const picoUsd = usdToPico(text);
  if (picoUsd !== null) return picoUsd;
  throw new InvalidArgumentError("It takes an amount in USD, such as 2.50.");
}

/** A moment, `2026-12-01` (midnight UTC) or `2026-12-01T03:00Z`, in milliseconds since the epoch. */
export function readMoment(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError("It takes a day or a moment with its zone, such as 2026-12-01T03:00Z.");
}

/** A calendar month, `2026-11`, as its days. @throws InvalidArgumentError, which ends the command with 2. */
export function readMonth(text: string): StatementPeriod {
  const parts = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  if (parts === null) throw new InvalidArgumentError("It takes a month, such as 2026-11.");
  const [year, month] = [Number(parts[1]), Number(parts[2])];
  const next = month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, "0")}`;
  return { from: `${text}-01`, to: `${next}-01` };
}

/** `--cache-write-5m` for `cacheWrite5m`. */
function flagOf(name: TokenClass): string {
  return `--${name.replaceAll(/[A-Z]|(?<=[a-z])\d/g, (part) => `-${part.toLowerCase()}`)}`;
}

function countsOf(pairs: readonly string[] = [], flag: string): Record<string, number> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const parts = /^([^=]{1,200})=(\d+(?:\.\d+)?)$/.exec(pair);
      if (parts === null) throw new CommandFailure(exitCodes.usage, `${flag} takes name=count, not ${pair}.`);
      return [parts[1] ?? "", Number(parts[2])];
    }),
  );
}
