import { formatUsd } from "../../src/money/format-usd.ts";
import { backfill } from "../workload/backfill.ts";
import type { DemoResult } from "./demo-result.ts";
import { counted, countText, layLine, percentOf, type Column } from "./layout.ts";

const columns: readonly Column[] = [
  { width: 20, align: "left" },
  { width: 56, align: "left" },
];

const usd = (picoUsd: bigint): string => formatUsd(picoUsd, { digits: 4 });

/** What the budget let through, what the spending was good for, what was paid for nothing, and what fires. */
export function renderControl(result: DemoResult): string[] {
  const { bill, outcomes, watch } = result;
  const share = percentOf(watch.wastePicoUsd, bill.actualPicoUsd);
  const cause = watch.largestCause === null ? "" : `; most of it: ${watch.largestCause}`;
  const firing = watch.alerts.map(({ rule, severity }) => `${rule} (${severity})`).join(", ");
  const lines = [
    ...budgetLines(result),
    [
      "resolved tickets",
      `${countText(outcomes.tickets)} for ${usd(outcomes.costPicoUsd)}, ${usd(outcomes.eachPicoUsd)} each`,
    ],
    [
      "without an outcome",
      `${usd(outcomes.withoutPicoUsd)}, ${percentOf(outcomes.withoutPicoUsd, bill.actualPicoUsd)} of the bill`,
    ],
    ["paid for nothing", `${usd(watch.wastePicoUsd)}, ${share} of the bill${cause}`],
    ["alerts firing", firing === "" ? "none" : `${countText(watch.alerts.length)}: ${firing}`],
  ];
  return ["BUDGET, OUTCOMES, WASTE", ...lines.map((cells) => layLine(cells, columns))];
}

function budgetLines({ backfill: verdict, backfillPutOff }: DemoResult): string[][] {
  const { served, refused, spentPicoUsd, limitPicoUsd, overshootPicoUsd } = verdict;
  return [
    [
      backfill.project,
      `runs away: ${counted(served + refused, "call")} on a hard budget of ${formatUsd(limitPicoUsd)}`,
    ],
    ["  served", `${countText(served)} for ${usd(spentPicoUsd)} by the provider's own invoice`],
    ["  refused", `${countText(refused)} before they were sent: not spent, and not saved either`],
    ...(backfillPutOff === 0
      ? []
      : [["  put off", `${countText(backfillPutOff)} told to try again: balances not at hand`]]),
    ["  budget mistakes", `overshoot ${overshootPicoUsd} pico-dollars, ${verdict.refusedTooEarly} refused too early,`],
    ["", `${verdict.servedWithoutRoom} served without room, ${verdict.refusedYetSent} refused yet sent`],
  ];
}
