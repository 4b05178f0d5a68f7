import { formatUsd } from "../money/format-usd.ts";
import type { BreakEven, MonthlyCosts, UtilisationRow } from "../money/self-host/break-even.ts";
import type { DailyLoad } from "../money/self-host/machines.ts";
import type { PublishedRule } from "../money/self-host/published-rules.ts";
import type { PicoUsd } from "../spec/money.ts";
import { formatCount } from "./format-figures.ts";
import { cleanCell, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** A price by the request beside own machines, and where they meet. */
export interface Alternative {
  readonly name: string;
  readonly what: "API" | "hosted open model";
  readonly picoUsdPerRequest: PicoUsd;
  /** Null: own machines are never cheaper. */
  readonly breakEven: BreakEven | null;
}

/** All that the comparison found. */
export interface SelfHostResult {
  /** What volumes are told in. */
  readonly unit: "requests" | "tokens";
  /** Its requests are those of a size, or shares of the tokens of a day. */
  readonly load: DailyLoad;
  readonly costs: MonthlyCosts;
  readonly alternatives: readonly Alternative[];
  readonly sensitivity: readonly UtilisationRow[];
  readonly rules: readonly PublishedRule[];
  /** What the operator says rules a way out, or in. */
  readonly constraints: readonly string[];
  readonly peoplePicoUsdPerMonth: PicoUsd;
}

/** Lines of the comparison: a month each way, where they meet, how that moves with utilisation, and the published rules. */
export function describeSelfHost(result: SelfHostResult, terminal: Terminal): string[] {
  const bold = (text: string): string => terminal.paint("out", "bold", text);
  return [
    bold("A month of 30 days"),
    ...monthLines(result),
    "",
    bold("Break-even"),
    ...result.alternatives.map((alternative) => breakEvenLine(alternative, result)),
    "",
    bold("One set of machines, by the part of the paid time that it works"),
    ...sensitivityLines(result),
    "",
    bold("Published rules, and the API bill that follows from their own figures"),
    ...ruleLines(result),
    "",
    ...constraintLines(result),
    "Arithmetic of the figures given: it knows nothing of quality, of latency under load, or of the time until it runs.",
  ];
}

function monthLines({ costs, alternatives, peoplePicoUsdPerMonth }: SelfHostResult): string[] {
  const people = peoplePicoUsdPerMonth > 0n ? `, ${formatUsd(peoplePicoUsdPerMonth)} of it people` : "";
  const sets = `${formatCount(Number(costs.sets))} set${costs.sets === 1n ? "" : "s"}`;
  const rows = [
    ...alternatives.map(({ name, what }) => [what, formatUsd(costs.byRequestPicoUsd[name] ?? 0n), cleanCell(name)]),
    ["own machines", formatUsd(costs.ownPicoUsd), `${sets}, ${percentOf(costs.utilisationBasisPoints)} busy${people}`],
  ];
  return renderTable(columnsOf(["", "a month", ""], [1]), rows).slice(1);
}

function breakEvenLine({ name, what, breakEven }: Alternative, result: SelfHostResult): string {
  const against = `against ${what} ${cleanCell(name)}`;
  if (breakEven === null) return `${against}: never, at any volume: a full set costs more than what it serves`;
  const { requestsPerDay, sets, utilisationBasisPoints, ownPicoUsdPerMonth, neverDearerFromRequestsPerDay } = breakEven;
  const volume = (count: bigint): string => volumeOf(count, result);
  const later =
    neverDearerFromRequestsPerDay === null || neverDearerFromRequestsPerDay <= requestsPerDay
      ? ""
      : `; never dearer again from ${volume(neverDearerFromRequestsPerDay)} on`;
  return `${against}: from ${volume(requestsPerDay)}, ${formatUsd(ownPicoUsdPerMonth)} a month, ${formatCount(Number(sets))} set${sets === 1n ? "" : "s"} ${percentOf(utilisationBasisPoints)} busy${later}`;
}

/** So many requests, or the tokens that they are. */
function volumeOf(count: bigint, { unit, load }: SelfHostResult): string {
  if (unit === "requests") return `${formatCount(Number(count))} requests a day`;
  return `${tokensOf(count, load)} tokens a day`;
}

function tokensOf(count: bigint, { inputTokens, outputTokens }: DailyLoad): string {
  return [inputTokens, outputTokens].map((tokens) => formatCount(Number(count * tokens))).join(" + ");
}

function sensitivityLines({ sensitivity, alternatives, unit, load }: SelfHostResult): string[] {
  const headings = ["busy", unit === "requests" ? "requests a day" : "tokens a day, in + out", "own machines"];
  const names = alternatives.map(({ name }) => cleanCell(name));
  const rows = sensitivity.map((row) => {
    const others = alternatives.map(({ name }) => row.byRequestPicoUsd[name] ?? 0n);
    const least = Math.min(...[row.ownPicoUsd, ...others].map(Number));
    const cheapest = Number(row.ownPicoUsd) === least ? "own machines" : names[others.map(Number).indexOf(least)];
    return [
      `${row.percent} %`,
      unit === "requests" ? formatCount(Number(row.requestsPerDay)) : tokensOf(row.requestsPerDay, load),
      formatUsd(row.ownPicoUsd),
      ...others.map((picoUsd) => formatUsd(picoUsd)),
      cheapest ?? "",
    ];
  });
  const all = [...headings, ...names, "cheapest"];
  return renderTable(columnsOf(all, [0, 1, 2, ...names.map((_, index) => 3 + index)]), rows);
}

function ruleLines({ rules, alternatives }: SelfHostResult): string[] {
  const lines = rules.flatMap(({ rule, fromPicoUsd, toPicoUsd, because }) => {
    const range =
      fromPicoUsd === toPicoUsd ? formatUsd(fromPicoUsd) : `${formatUsd(fromPicoUsd)} to ${formatUsd(toPicoUsd)}`;
    return [`- "${rule}": ${range} a month (${because})`];
  });
  const yours = alternatives.flatMap(({ name, breakEven }) =>
    breakEven === null ? [] : [`${formatUsd(breakEven.ownPicoUsdPerMonth)} against ${cleanCell(name)}`],
  );
  const here =
    yours.length === 0 ? "with your figures there is no such bill" : `with your figures it is ${yours.join(", ")}`;
  return [...lines, `They disagree by up to twenty times; ${here}.`];
}

function constraintLines({ constraints, peoplePicoUsdPerMonth }: SelfHostResult): string[] {
  const lines = constraints.map(
    (constraint) => `constraint: ${cleanCell(constraint, 200)}: it decides before money does`,
  );
  return peoplePicoUsdPerMonth > 0n
    ? lines
    : [...lines, "No people are counted: --people-hours and --people-usd-per-hour; machines do not run themselves."];
}

function percentOf(basisPoints: bigint): string {
  return `${(Number(basisPoints) / 100).toFixed(1)} %`;
}

function columnsOf(headings: readonly string[], right: readonly number[]) {
  return headings.map((heading, index) => ({
    heading,
    align: right.includes(index) ? ("right" as const) : ("left" as const),
  }));
}
