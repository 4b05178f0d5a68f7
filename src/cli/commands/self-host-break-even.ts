import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { bundledPriceBook } from "../../money/book/bundled-price-book.ts";
import { percentToBasisPoints } from "../../money/decimal.ts";
import { listPrices } from "../../money/book/list-prices.ts";
import { breakEven, monthlyCosts, sensitivity } from "../../money/self-host/break-even.ts";
import { daysInMonth, type DailyLoad, type OwnMachines } from "../../money/self-host/machines.ts";
import { publishedRules } from "../../money/self-host/published-rules.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { PicoUsd } from "../../spec/money.ts";
import type { Usage } from "../../spec/usage.ts";
import { type Alternative, describeSelfHost, type SelfHostResult } from "../describe-self-host.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { documentsOf } from "../price-documents.ts";
import type { Terminal } from "../terminal.ts";
import { amountsAsText } from "../window-flags.ts";

/** Flags of `self-host break-even`. */
export interface BreakEvenFlags extends ConfigFlags {
  readonly requestsPerDay?: number;
  readonly input: number;
  readonly output: number;
  readonly gpuUsdPerHour?: PicoUsd;
  readonly gpuUsdPerMonth?: PicoUsd;
  readonly gpus: number;
  readonly inputTokensPerSecond: number;
  readonly outputTokensPerSecond: number;
  readonly utilisation: string;
  readonly peopleHours: number;
  readonly peopleUsdPerHour: PicoUsd;
  readonly api: string;
  readonly hosted?: string;
  readonly constraint?: readonly string[];
  readonly json?: boolean;
}

/** Open model that many vendors host. */
const usualHosted = "gpt-oss-120b";

/** `farthing self-host break-even`: an API, a hosted open model and own GPUs side by side. */
export function compareWays(flags: BreakEvenFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const load = loadOf(flags);
  const machines = machinesOf(flags);
  const unit = flags.requestsPerDay === undefined ? "tokens" : "requests";
  const priced = alternativesOf(flags, config, load, unit);
  const alternatives = priced.map(([name, what, picoUsdPerRequest]): Alternative => ({
    name,
    what,
    picoUsdPerRequest,
    breakEven: breakEven(load, machines, picoUsdPerRequest),
  }));
  const prices = Object.fromEntries(alternatives.map(({ name, picoUsdPerRequest }) => [name, picoUsdPerRequest]));
  const result: SelfHostResult = {
    unit,
    load,
    costs: monthlyCosts(load, machines, prices),
    alternatives,
    sensitivity: sensitivity(load, machines, prices),
    rules: publishedRules,
    constraints: flags.constraint ?? [],
    peoplePicoUsdPerMonth: machines.peoplePicoUsdPerMonth,
  };
  if (flags.json === true)
    terminal.out(amountsAsText({ schema: "farthing.self-host.v1", currency: "USD", daysInMonth, ...result }));
  else for (const line of describeSelfHost(result, terminal)) terminal.out(line);
}

function loadOf({ requestsPerDay, input, output }: BreakEvenFlags): DailyLoad {
  if (requestsPerDay === 0 || input + output === 0)
    throw new CommandFailure(
      exitCodes.usage,
      "There is no load: --requests-per-day, --input and --output say how much.",
    );
  const tokens = { inputTokens: BigInt(input), outputTokens: BigInt(output) };
  if (requestsPerDay !== undefined) return { requestsPerDay: BigInt(requestsPerDay), ...tokens };
  // Tokens of a day have no grain of their own: the finest that keeps their proportion stands for a request.
  const shares = greatestCommonDivisor(tokens.inputTokens, tokens.outputTokens);
  return {
    requestsPerDay: shares,
    inputTokens: tokens.inputTokens / shares,
    outputTokens: tokens.outputTokens / shares,
  };
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  return right === 0n ? left : greatestCommonDivisor(right, left % right);
}

function machinesOf(flags: BreakEvenFlags): OwnMachines {
  const { gpuUsdPerHour, gpuUsdPerMonth } = flags;
  const basisPoints = percentToBasisPoints(Number(flags.utilisation));
  const { gpus, inputTokensPerSecond, outputTokensPerSecond } = flags;
  if ((gpuUsdPerHour === undefined) === (gpuUsdPerMonth === undefined))
    throw new CommandFailure(exitCodes.usage, "Give one of --gpu-usd-per-hour and --gpu-usd-per-month.");
  if (basisPoints === null || basisPoints === 0n || basisPoints > 10_000n)
    throw new CommandFailure(exitCodes.usage, "--utilisation takes percent above 0 up to 100, such as 40.");
  if (gpus === 0 || inputTokensPerSecond === 0 || outputTokensPerSecond === 0)
    throw new CommandFailure(exitCodes.usage, "--gpus and the tokens a second are 1 and up.");
  return {
    // A month that does not divide by its hours is rounded up to a pico-dollar an hour.
    picoUsdPerGpuHour: gpuUsdPerHour ?? ((gpuUsdPerMonth ?? 0n) + daysInMonth * 24n - 1n) / (daysInMonth * 24n),
    gpus: BigInt(gpus),
    inputTokensPerSecond: BigInt(inputTokensPerSecond),
    outputTokensPerSecond: BigInt(outputTokensPerSecond),
    usableBasisPoints: basisPoints,
    peoplePicoUsdPerMonth: BigInt(flags.peopleHours) * flags.peopleUsdPerHour,
  };
}

type Priced = readonly [name: string, what: Alternative["what"], picoUsdPerRequest: PicoUsd];

function alternativesOf(
  flags: BreakEvenFlags,
  config: FarthingConfig,
  load: DailyLoad,
  unit: SelfHostResult["unit"],
): readonly Priced[] {
  const nowMs = Date.now();
  const book = bundledPriceBook(config.prices, config.priceUpdate);
  const listed = listPrices(documentsOf(config), nowMs).map(({ vendor, id }) => ({ vendor, id }));
  const cost = (vendor: string, model: string, input: bigint, output: bigint): PicoUsd | null => {
    const usage: Usage = { source: "provider", tokens: { input: Number(input), output: Number(output) } };
    return book.costOf(vendor, model, usage, nowMs).picoUsd;
  };
  // The tokens of a day are many requests: each at the price of a short one, no context tier.
  const each = (vendor: string, model: string): PicoUsd | null => {
    if (unit === "requests") return cost(vendor, model, load.inputTokens, load.outputTokens);
    const [input, output] = [cost(vendor, model, 1n, 0n), cost(vendor, model, 0n, 1n)];
    return input === null || output === null ? null : load.inputTokens * input + load.outputTokens * output;
  };
  const find = (name: string, isMeant: (id: string) => boolean, what: Alternative["what"]): Priced => {
    const found = listed
      .filter(({ vendor, id }) => isMeant(id) || `${vendor}/${id}` === name)
      .flatMap(({ vendor, id }) => {
        const picoUsd = each(vendor, id);
        return picoUsd === null ? [] : [[`${vendor}/${id}`, what, picoUsd] as const];
      });
    const [first] = what === "API" ? found : found.toSorted(([, , left], [, , right]) => Number(left - right));
    if (first !== undefined) return first;
    throw new CommandFailure(exitCodes.failure, `No price of ${name} is known. See: farthing prices list.`);
  };
  const hosted = flags.hosted ?? usualHosted;
  const isHosted = (id: string): boolean => id === hosted || (flags.hosted === undefined && id.endsWith(`/${hosted}`));
  return [find(flags.api, (id) => id === flags.api, "API"), find(hosted, isHosted, "hosted open model")];
}
