import type { DatabaseSync } from "node:sqlite";
import type { Economics, EconomicsDimension, EconomicsLine } from "../../../spec/economics.ts";
import { exactSum, exactSumOf } from "../exact-sums.ts";
import { joinedSql } from "./read-economics-outcomes.ts";
import { noValue } from "../roll-ups/report-dimensions.ts";
import { dearestFirst } from "./report-lines.ts";
import type { IdWindow } from "../id-window.ts";

/** Lines shown at most; sessions may be millions. */
const linesMax = 100;

/** The dearest values of a claim, and the rest in one sum. */
export function readEconomicsLines(
  database: DatabaseSync,
  window: IdWindow,
  by: Exclude<EconomicsDimension, "kind">,
): {
  readonly lines: readonly EconomicsLine[];
  readonly leftOut: Economics["linesLeftOut"];
  readonly perNamed: Economics["perNamed"];
} {
  const groups = database.prepare(
    `SELECT coalesce(r."${by}", '${noValue}') AS name, r."${by}" IS NOT NULL AS named, count(*) AS requests,
     count(CASE WHEN r.cost_state = 'unpriced' THEN 1 END) AS unpriced, ${exactSum("r.cost_pico_usd", "cost")},
     ${exactSum(`CASE WHEN ${joinedSql} THEN r.cost_pico_usd END`, "joined")}
     FROM requests AS r WHERE r.id >= ? AND r.id < ? GROUP BY r."${by}"`,
  );
  let kept: EconomicsLine[] = [];
  const leftOut = { groups: 0, requests: 0, costPicoUsd: 0n };
  const named = { groups: 0, costPicoUsd: 0n };
  const cut = (): void => {
    kept.sort(dearestFirst);
    for (const line of kept.slice(linesMax)) {
      leftOut.groups += 1;
      leftOut.requests += line.requests;
      leftOut.costPicoUsd += line.costPicoUsd;
    }
    kept = kept.slice(0, linesMax);
  };
  for (const row of groups.iterate(window.fromId, window.toId)) {
    const costPicoUsd = exactSumOf(row, "cost");
    if (row["named"] === 1n) {
      named.groups += 1;
      named.costPicoUsd += costPicoUsd;
    }
    kept.push({
      name: String(row["name"]),
      requests: Number(row["requests"]),
      costPicoUsd,
      joinedCostPicoUsd: exactSumOf(row, "joined"),
      unpriced: Number(row["unpriced"]),
    });
    if (kept.length >= 2 * linesMax) cut();
  }
  cut();
  const perNamed =
    named.groups === 0 ? null : { groups: named.groups, meanCostPicoUsd: named.costPicoUsd / BigInt(named.groups) };
  return { lines: kept, leftOut, perNamed };
}
