import type { Bar, Result } from "../measurement.ts";
import { counted } from "../proofs/proof.ts";
import { classOf, compareBy, type Comparison, compareGroups, isMeasured, residualOf } from "./compare.ts";
import type { LogIndex, TwinGroup } from "./read-sides.ts";

const none: Bar = { op: "==", value: 0 };
/** What the modelled part may be off, as a share of what it says. A short run has too few answers to hold it. */
const modelledErrorMax = 0.01;
const modelledErrorMaxQuick = 0.05;

/** What was sent, what the providers noted, what the ledger holds. */
export interface JudgedSides {
  readonly groups: readonly TwinGroup[];
  readonly through: LogIndex;
}

/** The figures of a twin run with their bars. Money in pico-dollars: exact as a JSON number up to $9,007. */
export function judgeTwins({ groups, through }: JudgedSides, quick: boolean): readonly Result[] {
  const measured = compareGroups("measured", groups.filter(isMeasured));
  const modelled = compareGroups(
    "modelled",
    groups.filter((group) => !isMeasured(group)),
  );
  const all = compareGroups("all", groups);
  const errorMax = quick ? modelledErrorMaxQuick : modelledErrorMax;
  return [
    money("invoice-direct", all.directPicoUsd, all),
    money("invoice-through", all.throughPicoUsd, all),
    money("saved-by-invoices", all.directPicoUsd - all.throughPicoUsd, all),
    money("saved-by-ledger", all.netPicoUsd, all),
    money("spent-on-lookups", all.lookupsPicoUsd, all),
    money("measured-error", measured.errorPicoUsd, measured, none),
    counted("measured-groups-off", measured.groupsOff, measured.groups, none, "groups"),
    share("modelled-error", modelled, { op: "<=", value: errorMax }),
    share("total-error", all, { op: "<=", value: errorMax }),
    money("residual", residualOf(groups), all, none),
    ...compareBy(groups, classOf).flatMap(classFigures),
    ...countFigures(groups, through),
  ];
}

function money(name: string, picoUsd: bigint, of: Comparison, bar: Bar | null = null): Result {
  return counted(name, Number(picoUsd), of.requests, bar, "pico-USD");
}

/** The size of the error counts for the bar; its interval keeps the sign. */
function share(name: string, of: Comparison, bar: Bar | null, labels: Record<string, string> = {}): Result {
  const value = bar === null ? of.errorShare : Math.abs(of.errorShare);
  return { name, labels, value, unit: "of saving", n: of.groups, interval: of.interval, bar };
}

function classFigures(of: Comparison): readonly Result[] {
  if (of.name === "none") return [];
  const labels = { by: of.name };
  return [
    counted("saved", Number(of.netPicoUsd), of.requests, null, "pico-USD", labels),
    share("saved-error", of, null, labels),
  ];
}

function countFigures(groups: readonly TwinGroup[], through: LogIndex): readonly Result[] {
  const total = (countOf: (group: TwinGroup) => number): number =>
    groups.reduce((sum, group) => sum + countOf(group), 0);
  const rows = total(({ ledger }) => ledger.rows);
  const noted = total((group) => group.through.calls);
  const unequal = groups.filter(
    ({ ledger }) =>
      ledger.savings.reduce((sum, { picoUsd }) => sum + picoUsd, 0n) !== ledger.baselinePicoUsd - ledger.costPicoUsd,
  );
  const wrongCost = groups.filter(
    ({ ledger, through: { picoUsd } }) => ledger.estimated === 0 && ledger.billedPicoUsd !== picoUsd,
  );
  return [
    counted("ledger-rows", rows, rows, null, "rows"),
    counted(
      "groups-without-row",
      groups.filter(({ ledger }) => ledger.rows === 0).length,
      groups.length,
      none,
      "groups",
    ),
    counted("calls-of-no-group", through.calls - noted, through.calls, none, "calls"),
    counted("groups-that-do-not-add-up", unequal.length, groups.length, none, "groups"),
    counted("cost-is-not-the-invoice", wrongCost.length, groups.length, none, "groups"),
    counted(
      "rows-estimated",
      total(({ ledger }) => ledger.estimated),
      rows,
      null,
      "rows",
    ),
    counted(
      "rows-unpriced",
      total(({ ledger }) => ledger.unpriced),
      rows,
      null,
      "rows",
    ),
  ];
}
