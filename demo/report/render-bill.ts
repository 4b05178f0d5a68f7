import { formatUsd } from "../../src/money/format-usd.ts";
import { askedModel, easyTargetOf, localKeyTenant } from "../workload/features.ts";
import { rowTasks } from "../workload/workload-row.ts";
import type { DemoResult } from "./demo-result.ts";
import { countText, counted, layLine, percentOf, type Column } from "./layout.ts";

const moneyColumns: readonly Column[] = [
  { width: 41, align: "left" },
  { width: 10, align: "right" },
  { width: 8, align: "right" },
  { width: 34, align: "left" },
];

const taskColumns: readonly Column[] = [
  { width: 16, align: "left" },
  { width: 8, align: "right" },
  { width: 6, align: "right" },
  { width: 6, align: "right" },
  { width: 8, align: "right" },
  { width: 10, align: "right" },
  { width: 10, align: "right" },
  { width: 8, align: "right" },
];

/** Names of the techniques for people; others are shown by their own name. */
const techniqueNames: Readonly<Record<string, string>> = {
  "exact-cache": "exact cache",
  coalesce: "shared calls",
  "choose-target": "cheaper model by the operator's rule *",
  retry: "failed calls that were billed",
};

const asked = askedModel["anthropic-messages"];
const answering = easyTargetOf("anthropic-messages", localKeyTenant).model;
/** What the line of translated requests speaks of. */
const translationNote: readonly string[] = [
  `  ** Asked of Anthropic's ${asked}, answered by OpenAI's ${answering}, translated both ways.`,
  `     It takes a local key, as ${localKeyTenant} has; own keys never leave for another vendor.`,
  "     Naive converts OpenAI's count of their tokens by what was learnt of both models' counts.",
];

const usd = (picoUsd: bigint): string => formatUsd(picoUsd, { digits: 4 });

/** Naive and actual bill. */
export function renderBill({ bill }: DemoResult): string[] {
  const saved = bill.naivePicoUsd - bill.actualPicoUsd;
  const line = (label: string, picoUsd: bigint): string =>
    layLine([label, usd(picoUsd), percentOf(picoUsd, bill.naivePicoUsd)], moneyColumns);
  return [
    layLine(["THE BILL", "USD", "of naive"], moneyColumns).slice(2),
    line("naive: every request as asked, list price", bill.naivePicoUsd),
    line("actual: what the ledger says was spent", bill.actualPicoUsd),
    line("saved", saved),
    `  Of the actual bill ${formatUsd(bill.lookupsPicoUsd, { digits: 9 })} is no provider's: processor time that found the hits.`,
  ];
}

/** What each technique saved, beside the most that the labels would have allowed. */
export function renderSavings(result: DemoResult): string[] {
  const { bill, ceilings } = result;
  const known = ["exact-cache", "coalesce", "choose-target"];
  const others = [...bill.savedPicoUsd.keys()].filter((technique) => !known.includes(technique));
  const ceilingOf: Readonly<Record<string, string>> = {
    // Which of the two serves a repeat depends on the moment it comes, so they have one ceiling.
    coalesce: `${usd(ceilings.repeats)}  every repeat, both lines`,
    "choose-target": `${usd(ceilings.reroute)}  every row labelled cheap`,
  };
  const countOf: Readonly<Record<string, string>> = {
    "exact-cache": `: ${counted(bill.hits, "hit")}`,
    coalesce: `: ${counted(bill.shared, "follower")}`,
  };
  const line = (name: string, picoUsd: bigint, ceiling: string): string =>
    layLine([name, usd(picoUsd), percentOf(picoUsd, bill.naivePicoUsd), ceiling], moneyColumns);
  const lines = [...known, ...others].flatMap((technique) => {
    const name = `${techniqueNames[technique] ?? technique}${countOf[technique] ?? ""}`;
    const saving = line(name, bill.savedPicoUsd.get(technique) ?? 0n, ceilingOf[technique] ?? "");
    if (technique !== "choose-target") return [saving];
    const ofIt = `  of it translated: ${counted(bill.translated, "request")} **`;
    return [saving, line(ofIt, bill.translatedSavedPicoUsd, `${usd(ceilings.translated)}  every row so labelled`)];
  });
  const residuals = [...bill.residualByCause].map(([cause, picoUsd]) => line(cause, picoUsd, ""));
  const parts = [...bill.savedPicoUsd.values(), ...bill.residualByCause.values()];
  const saved = parts.reduce((sum, picoUsd) => sum + picoUsd, 0n);
  const sumName = bill.unexplainedPicoUsd === 0n ? "sum = naive - actual, to the pico-dollar" : "sum DOES NOT ADD UP";
  return [
    layLine(["SAVED BY", "USD", "of naive", "ceiling by the labels"], moneyColumns).slice(2),
    ...lines,
    ...residuals,
    line(sumName, saved, ""),
    layLine(
      ["not built yet: semantic cache", "-", "-", `${usd(ceilings.paraphrases)}  more: every paraphrase`],
      moneyColumns,
    ),
    `  * ${counted(bill.rerouted, "request")} (${percentOf(BigInt(bill.rerouted), BigInt(bill.requests))}) answered by a smaller model: operator's rule, quality not measured.`,
    "    Their naive price takes it that the larger model would have used the same number of tokens.",
    ...translationNote,
  ];
}

/** The bill by kind of work. */
export function renderTasks({ bill }: DemoResult): string[] {
  const head = ["KIND OF WORK", "requests", "hits", "shared", "rerouted", "naive", "actual", "saved"];
  const lines = rowTasks.map((task) => {
    const sums = bill.byTask.get(task);
    if (sums === undefined) return layLine([task], taskColumns);
    const counts = [sums.requests, sums.hits, sums.shared, sums.rerouted].map(countText);
    const saved = percentOf(sums.naivePicoUsd - sums.actualPicoUsd, sums.naivePicoUsd);
    return layLine([task, ...counts, usd(sums.naivePicoUsd), usd(sums.actualPicoUsd), saved], taskColumns);
  });
  return [layLine(head, taskColumns).slice(2), ...lines];
}
