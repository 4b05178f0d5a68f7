import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { economicsDimensions, type DearRun, type Economics, type EconomicsDimension } from "../../../spec/economics.ts";
import type { PicoUsd } from "../../../spec/money.ts";
import { openForReading } from "../data-directory.ts";
import { exactSum, exactSumOf } from "../exact-sums.ts";
import { type IdWindow, idWindowOf } from "../id-window.ts";
import { joinedSql, joinOutcomes } from "./read-economics-outcomes.ts";
import { readEconomicsLines } from "./read-economics-lines.ts";
import { noValue } from "../roll-ups/report-dimensions.ts";

/** What unit economics are asked for. */
export interface ReadEconomicsOptions {
  readonly directory: string;
  /** Arrivals and outcomes from this moment, milliseconds since the epoch, ... */
  readonly fromMs: number;
  /** ... up to but without this one. */
  readonly toMs: number;
  readonly by: string;
}

const runsMax = 10;
const stepsMax = 50;
const weekMs = 7 * 86_400_000;

type Row = Record<string, SQLOutputValue>;

/**
 * Reads unit economics from the ledger's file, as of one moment, whether the gateway runs or not. Sums are exact. Synchronous,
 * some 20 us a row of the window: not for the gateway's own thread.
 * @throws FarthingError `not_found` without a ledger, `invalid_request` for an unknown dimension, an empty window, or too many outcomes.
 */
export function readEconomics(options: ReadEconomicsOptions): Economics {
  const { fromMs, toMs } = options;
  const by = dimensionOf(options.by);
  const window = idWindowOf(fromMs, toMs);
  const database = openForReading(options.directory);
  try {
    database.exec("BEGIN");
    const kinds = joinOutcomes(database, window, { fromMs, toMs });
    const total = readTotal(database, window);
    const lines = by === "kind" ? null : readEconomicsLines(database, window, by);
    const joinedCost = kinds.reduce((all, line) => all + line.costPicoUsd, 0n);
    return {
      fromMs,
      toMs,
      by,
      requests: Number(total["requests"]),
      costPicoUsd: exactSumOf(total, "cost"),
      unpriced: Number(total["unpriced"]),
      kinds,
      withoutOutcome: {
        requests: Number(total["requests"]) - Number(total["joined"]),
        costPicoUsd: exactSumOf(total, "cost") - joinedCost,
      },
      lines: lines?.lines ?? [],
      linesLeftOut: lines?.leftOut ?? { groups: 0, requests: 0, costPicoUsd: 0n },
      perNamed: lines?.perNamed ?? null,
      dearestRuns: readDearestRuns(database, window),
      savedThisWeekPicoUsd: readSaved(database, idWindowOf(toMs - weekMs, toMs)),
    };
  } finally {
    database.close();
  }
}

function dimensionOf(name: string): EconomicsDimension {
  const found = economicsDimensions.find((one) => one === name);
  if (found !== undefined) return found;
  const message = `Unit economics cannot be told by "${name}". Choose from ${economicsDimensions.join(", ")}.`;
  throw new FarthingError("invalid_request", message, { field: "by" });
}

function readTotal(database: DatabaseSync, window: IdWindow): Row {
  return database
    .prepare(
      `SELECT count(*) AS requests, count(CASE WHEN r.cost_state = 'unpriced' THEN 1 END) AS unpriced,
       count(CASE WHEN ${joinedSql} THEN 1 END) AS joined, ${exactSum("r.cost_pico_usd", "cost")}
       FROM requests AS r WHERE r.id >= ? AND r.id < ?`,
    )
    .get(window.fromId, window.toId) as Row;
}

/** Runs of two keys are two runs, though they have one name. */
function readDearestRuns(database: DatabaseSync, window: IdWindow): readonly DearRun[] {
  const runs = database
    .prepare(
      `SELECT r.run AS run, r.key_id AS key_id, count(*) AS requests, ${exactSum("r.cost_pico_usd", "cost")}
       FROM requests AS r WHERE r.id >= ? AND r.id < ? AND r.run IS NOT NULL
       GROUP BY r.run, r.key_id ORDER BY total(r.cost_pico_usd) DESC LIMIT ?`,
    )
    .all(window.fromId, window.toId, runsMax);
  const steps = database.prepare(
    `SELECT coalesce(r.step, '${noValue}') AS step, count(*) AS requests, ${exactSum("r.cost_pico_usd", "cost")}
     FROM requests AS r WHERE r.id >= ? AND r.id < ? AND r.run = ? AND r.key_id = ?
     GROUP BY 1 ORDER BY total(r.cost_pico_usd) DESC, min(r.id)`,
  );
  return runs.map((row) => {
    const [run, keyId] = [String(row["run"]), String(row["key_id"])];
    const all = steps.all(window.fromId, window.toId, run, keyId).map((step) => ({
      step: String(step["step"]),
      requests: Number(step["requests"]),
      costPicoUsd: exactSumOf(step, "cost"),
    }));
    const leftOut = all.slice(stepsMax);
    return {
      run,
      keyId,
      requests: Number(row["requests"]),
      costPicoUsd: exactSumOf(row, "cost"),
      steps: all.slice(0, stepsMax),
      stepsLeftOut: leftOut.length,
      leftOutCostPicoUsd: leftOut.reduce((sum, step) => sum + step.costPicoUsd, 0n),
    };
  });
}

/** Over the requests of which both amounts are known. */
function readSaved(database: DatabaseSync, window: IdWindow): PicoUsd {
  const row = database
    .prepare(
      `SELECT ${exactSum("r.baseline_pico_usd", "baseline")}, ${exactSum("r.cost_pico_usd", "cost")} FROM requests AS r
       WHERE r.id >= ? AND r.id < ? AND r.baseline_pico_usd IS NOT NULL AND r.cost_pico_usd IS NOT NULL`,
    )
    .get(window.fromId, window.toId) as Row;
  return exactSumOf(row, "baseline") - exactSumOf(row, "cost");
}
