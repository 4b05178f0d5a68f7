import { formatUsd } from "../../src/money/format-usd.ts";
import type { CacheVerdict } from "../bill/judge-caches.ts";
import type { CacheKind } from "../workload/cache-step.ts";
import type { DemoResult } from "./demo-result.ts";
import { counted, countText, layLine, type Column } from "./layout.ts";

const columns: readonly Column[] = [
  { width: 48, align: "left" },
  { width: 8, align: "right" },
  { width: 6, align: "right" },
  { width: 10, align: "right" },
  { width: 8, align: "right" },
  { width: 6, align: "right" },
];

const kindNames: Readonly<Record<CacheKind, string>> = {
  spelling: "the same in other spelling: one answer",
  "near-miss": "a number, name or negation differs: none shared",
  mode: "bought whole and streamed, served both ways",
  private: "users with answers of their own: none shared",
  embeddings: "embeddings: only inputs that are new",
  tools: "tool calls: only those without effects",
  documents: "a document changed: nothing made from it before",
  stale: "stale: served once more, a fresh one fetched",
  wishes: "wishes of callers, as five gateways' clients say",
  compliance: "compliance: repeats are bought each time",
};

const usd = (picoUsd: bigint): string => formatUsd(picoUsd, { digits: 6 });

/** What the answer caches did with requests made to try them. */
export function renderCaches({ caches }: DemoResult): string[] {
  const head = ["ANSWER CACHES, TRIED ONE BY ONE", "requests", "bought", "from cache", "mistakes", "missed"];
  const lines = caches.lines.map(({ kind, requests, bought, reused, partly, mistakes, missed }) =>
    layLine([kindNames[kind], ...[requests, bought + partly, reused, mistakes, missed].map(countText)], columns),
  );
  return [layLine(head, columns).slice(2), ...lines, ...moneyLines(caches)];
}

function moneyLines({ naivePicoUsd, actualPicoUsd, refreshes, invoices }: CacheVerdict): string[] {
  const unmatched = invoices.missing + invoices.unknown + invoices.different;
  const match = unmatched === 0 ? "every call on the invoice matches" : `${unmatched} calls DO NOT MATCH the invoice`;
  return [
    `  Not in the bill above: ${usd(naivePicoUsd)} as asked, ${usd(actualPicoUsd)} spent; ${match}.`,
    `  Among what was spent ${counted(refreshes, "fresh answer")} that the gateway fetched by itself.`,
  ];
}
