import { comparePrices, type FigureChange, type ModelChange } from "./diff-prices.ts";

/** Why a price update is not taken unless a person says so. */
export interface UpdateDoubt {
  /**
   * `shrunk`: fewer than 90 percent of the names that a vendor lists keep a price, or a model in use does not. `zeroed`: something costs
   * nothing that had a price. `lost`: a class or unit of a model that stays has no price any more. `moved`: a figure is
   * more than ten times what it was, or less than a tenth.
   */
  readonly kind: "shrunk" | "zeroed" | "lost" | "moved";
  /** A sentence naming what and where. */
  readonly text: string;
}

/** Percent of a vendor's names that must keep a price. */
const keptPercentMin = 90;
/** How far a price may move. */
const timesMax = 10n;
/** Moments looked at beside the present: those at which an entry begins. */
const momentsMax = 24;

/**
 * What is doubtful about exchanging one list of price documents for another, now and at every later day on which an entry
 * begins. Empty: take it.
 * @param inUse `vendor/model` of the calls of late.
 */
export function judgeUpdate(
  before: readonly unknown[],
  after: readonly unknown[],
  inUse: readonly string[],
  nowMs: number,
): readonly UpdateDoubt[] {
  const comparison = comparePrices(before, after);
  const moments = [nowMs, ...comparison.laterMoments(nowMs).slice(0, momentsMax)];
  const doubts = new Map<string, UpdateDoubt>();
  for (const atMs of moments) {
    const { priced, changes } = comparison.at(atMs);
    for (const doubt of [...doubtsOfSize(priced, changes, inUse), ...changes.flatMap(doubtsOfModel)])
      doubts.set(doubt.text, doubt);
  }
  return [...doubts.values()];
}

function doubtsOfSize(
  priced: Readonly<Record<string, number>>,
  changes: readonly ModelChange[],
  inUse: readonly string[],
): readonly UpdateDoubt[] {
  const removed = changes.filter(({ kind }) => kind === "removed");
  const names = new Set(removed.map(({ vendor, model }) => `${vendor}/${model}`));
  const texts = inUse
    .filter((name) => names.has(name))
    .map((name) => `${name} was called lately and would have no price`);
  for (const [vendor, count] of Object.entries(priced)) {
    const kept = count - removed.filter((change) => change.vendor === vendor).length;
    if (kept * 100 < count * keptPercentMin) texts.push(`${vendor}: only ${kept} of ${count} names would keep a price`);
  }
  return texts.map((text) => ({ kind: "shrunk", text }));
}

function doubtsOfModel({ vendor, model, figures }: ModelChange): readonly UpdateDoubt[] {
  return figures.flatMap((figure): readonly UpdateDoubt[] => {
    const kind = doubtOf(figure);
    return kind === null ? [] : [{ kind, text: `${vendor}/${model}: ${wordsOf[kind](figure.what)}` }];
  });
}

const wordsOf: Readonly<Record<"zeroed" | "lost" | "moved", (what: string) => string>> = {
  zeroed: (what) => `${what} would cost nothing`,
  lost: (what) => `${what} would have no price any more`,
  moved: (what) => `${what} would move more than ${timesMax}-fold`,
};

function doubtOf({ before, after }: FigureChange): "zeroed" | "lost" | "moved" | null {
  if (before === null) return null;
  if (after === null) return "lost";
  if (after === 0n) return "zeroed";
  const moved = after > before * timesMax || before > after * timesMax;
  return moved ? "moved" : null;
}
