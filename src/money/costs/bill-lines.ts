import type { PicoUsd } from "../../spec/money.ts";
import { billedUnits, tokenClasses, type BilledUnit, type TokenClass, type Usage } from "../../spec/usage.ts";
import type { Circumstances } from "./circumstances.ts";
import type { ClassBasisPoints } from "../prices/compile-tables.ts";
import { basisPointsInAll, countToDecimal, type DecimalCount } from "../decimal.ts";
import type { FoundModel } from "../prices/find-model.ts";

/** Takes one line of a bill: what, how many, at how much each and in all. Null in all: it has no price, or its count is none. */
export type LineTaker = (what: string, count: number, picoUsdEach: PicoUsd, picoUsd: PicoUsd | null) => void;

/** A product of percentages: `times / parts`. */
interface Factor {
  readonly times: bigint;
  readonly parts: bigint;
}

/** Units that come in parts; one of any other is whole. */
const fractionalUnits: ReadonlySet<BilledUnit> = new Set(["audioInputSecond", "audioOutputSecond", "videoSecond"]);

const whole: Factor = { times: 1n, parts: 1n };

/**
 * Hands on every line of a bill. Each is count x price x percentages, multiplied first and divided once, rounded half up
 * to a pico-dollar: so the lines sum to the bill exactly. Hours, service tier, region and provisioned capacity concern the
 * tokens; discounts concern every line.
 */
export function billLines(model: FoundModel, circumstances: Circumstances, usage: Usage, take: LineTaker): void {
  const left = discountFactor(circumstances);
  billTokens(circumstances, usage, left, take);
  const { rules } = circumstances.prices;
  if (usage.units !== undefined) {
    for (const unit of billedUnits) {
      const count = usage.units[unit] ?? 0;
      if (count === 0) continue;
      const decimal = fractionalUnits.has(unit) ? countToDecimal(count) : wholeCount(count);
      takeLine(take, unit, count, decimal, rules?.units[unit], left);
    }
  }
  for (const [tool, count] of Object.entries(usage.serverToolCalls ?? {})) {
    if (count === 0) continue;
    const each = rules?.serverTools.get(tool) ?? model.vendor.serverTools.get(tool);
    takeLine(take, `tool:${tool}`, count, wholeCount(count), each, left);
  }
  if (rules !== null && rules.perRequest > 0n) takeLine(take, "request", 1, wholeCount(1), rules.perRequest, left);
}

function billTokens(circumstances: Circumstances, usage: Usage, left: Factor, take: LineTaker): void {
  const { table, serviceTier, window, region, capacity } = circumstances;
  const tierPercent = serviceTier?.rule?.basisPoints ?? null;
  const windowPercent = window?.rule.basisPoints ?? null;
  const uplift = region?.basisPoints ?? null;
  const shared = uplift === null ? left : times(left, uplift);
  for (const name of tokenClasses) {
    const count = usage.tokens[name];
    if (count === undefined || count === 0) continue;
    if (capacity !== null) {
      takeLine(take, name, count, wholeCount(count), table.picoUsdPerToken[name] ?? 0n, { times: 0n, parts: 1n });
      continue;
    }
    const factor = timesClass(timesClass(shared, tierPercent, name), windowPercent, name);
    takeLine(take, name, count, wholeCount(count), table.picoUsdPerToken[name], factor);
  }
}

function takeLine(
  take: LineTaker,
  what: string,
  count: number,
  decimal: DecimalCount | null,
  each: PicoUsd | undefined,
  factor: Factor,
): void {
  if (each === undefined || decimal === null) return take(what, count, each ?? 0n, null);
  const amount = decimal.digits * each * factor.times;
  const divisor = decimal.parts * factor.parts;
  take(what, count, each, divisor === 1n ? amount : (2n * amount + divisor) / (2n * divisor));
}

function discountFactor({ discounts }: Circumstances): Factor {
  let factor = whole;
  for (const discount of discounts) factor = times(factor, discount.leftBasisPoints);
  return factor;
}

function timesClass(factor: Factor, percent: ClassBasisPoints | null, tokenClass: TokenClass): Factor {
  return percent === null ? factor : times(factor, percent.of[tokenClass] ?? percent.all);
}

function times(factor: Factor, basisPoints: bigint): Factor {
  if (basisPoints === basisPointsInAll) return factor;
  return { times: factor.times * basisPoints, parts: factor.parts * basisPointsInAll };
}

function wholeCount(count: number): DecimalCount | null {
  return Number.isSafeInteger(count) && count > 0 ? { digits: BigInt(count), parts: 1n } : null;
}
