import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { arrivalOf } from "../../../kit/request-id.ts";
import { wasteNames, type Waste, type WasteLine, type WasteName } from "../../../spec/waste.ts";
import type { TokenClass } from "../../../spec/usage.ts";
import { openForReading } from "../data-directory.ts";
import { type IdWindow, idWindowOf } from "../id-window.ts";
import { RepeatWatch, type WasteVerdict, wasteOf } from "./read-waste-lines.ts";
import { wasteNotKnown, wasteWords } from "./read-waste-words.ts";

/** What a waste report is asked for. */
export interface ReadWasteOptions {
  readonly directory: string;
  /** Arrivals from this moment, milliseconds since the epoch, ... */
  readonly fromMs: number;
  /** ... up to but without this one. */
  readonly toMs: number;
}

type Row = Record<string, SQLOutputValue>;

const cacheWrites = [
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
  "cacheWriteLonger",
] as const satisfies TokenClass[];

/** Of all classes: what one call writes to the provider's cache, its repeat reads. */
function promptTokens(prefix: string): string {
  const written = cacheWrites.map((name) => `coalesce(${prefix}other_tokens ->> '$.${name}', 0)`);
  const counts = ["input_tokens", "cache_read_tokens"].map((name) => `coalesce(${prefix}${name}, 0)`);
  return [...counts, ...written].join(" + ");
}

/** One reading of the window in order of arrival. Of the calls before the last, what they cost comes with it. */
const rowsSql = `
  SELECT r.id AS id, r.outcome AS outcome, r.attempt_count AS attempt_count, r.cost_pico_usd AS cost,
    coalesce(last.outcome, r.first_outcome) AS last_outcome,
    CASE WHEN r.attempt_count > 1 THEN last.call ->> '$[8]' ELSE r.detail ->> '$[6][8]' END AS finish_reason,
    CASE WHEN r.attempt_count > 1 THEN r.cost_pico_usd - last.cost_pico_usd ELSE 0 END AS earlier,
    r.detail ->> '$[2]' AS client_retries, r.key_id AS key_id, r.requested_model AS model,
    json_array(r.feature, r.user, r.team, r.session, r.run, r.step, r.task, r.prompt, r.tags) AS claims,
    ${promptTokens("last.")} AS later_prompt_tokens, ${promptTokens("r.first_")} AS first_prompt_tokens
  FROM requests AS r LEFT JOIN later_attempts AS last
    ON last.request_id = r.id AND last.attempt_index = r.attempt_count - 1 AND r.attempt_count > 1
  WHERE r.id >= ? AND r.id < ? AND r.attempt_count > 0 ORDER BY r.id`;

/** What the lines come to while the window is read. */
class Tally {
  readonly requests: Map<WasteName, number> = new Map();
  readonly picoUsd: Map<WasteName, bigint> = new Map();
  readonly unpriced: Map<WasteName, number> = new Map();

  add({ name, picoUsd }: WasteVerdict): void {
    this.requests.set(name, (this.requests.get(name) ?? 0) + 1);
    if (picoUsd === null) this.unpriced.set(name, (this.unpriced.get(name) ?? 0) + 1);
    else this.picoUsd.set(name, (this.picoUsd.get(name) ?? 0n) + picoUsd);
  }
}

/**
 * Reads what was paid for nothing from the ledger's file, whether the gateway runs or not. Synchronous, some 15 us a row of the
 * window: not for the gateway's own thread.
 * @throws FarthingError `not_found` without a ledger, `invalid_request` for an empty window.
 */
export function readWaste(options: ReadWasteOptions): Waste {
  const { fromMs, toMs } = options;
  const window = idWindowOf(fromMs, toMs);
  const database = openForReading(options.directory);
  try {
    database.exec("BEGIN");
    const tally = new Tally();
    const total = tallyWindow(database, window, tally);
    const lines = wasteNames.map((name) => lineOf(name, tally, total.costPicoUsd));
    const wastePicoUsd = lines.reduce((sum, line) => sum + line.picoUsd, 0n);
    return { fromMs, toMs, ...total, wastePicoUsd, lines, notKnown: wasteNotKnown };
  } finally {
    database.close();
  }
}

function tallyWindow(
  database: DatabaseSync,
  { fromId, toId }: IdWindow,
  tally: Tally,
): Pick<Waste, "requests" | "costPicoUsd"> {
  let costPicoUsd = 0n;
  const repeats = new RepeatWatch();
  for (const row of database.prepare(rowsSql).iterate(fromId, toId)) {
    const cost = row["cost"] as bigint | null;
    costPicoUsd += cost ?? 0n;
    const verdict = verdictOf(row);
    const likeness = likenessOf(row);
    const arrivedAtMs = arrivalOf(row["id"] as bigint);
    if (Number(row["client_retries"]) > 0) {
      const repeated = repeats.repeatOf(likeness, arrivedAtMs);
      if (repeated !== null && repeated.verdict === null) {
        tally.add({ name: "client-retries", picoUsd: repeated.costPicoUsd });
      }
    }
    if (verdict !== null) tally.add(verdict);
    const isBilled = cost === null || cost > 0n;
    if (row["outcome"] === "ok" && isBilled) {
      repeats.remember({ id: row["id"] as bigint, arrivedAtMs, likeness, verdict, costPicoUsd: cost });
    }
  }
  const counted = database.prepare("SELECT count(*) AS n FROM requests WHERE id >= ? AND id < ?").get(fromId, toId);
  return { requests: Number(counted?.["n"]), costPicoUsd };
}

function verdictOf(row: Row): WasteVerdict | null {
  return wasteOf({
    outcome: String(row["outcome"]),
    lastAttemptOutcome: row["last_outcome"] as string | null,
    finishReason: row["finish_reason"] as string | null,
    attemptCount: Number(row["attempt_count"]),
    costPicoUsd: row["cost"] as bigint | null,
    earlierPicoUsd: row["earlier"] as bigint | null,
  });
}

function likenessOf(row: Row): string {
  const tokens = row["attempt_count"] === 1n ? row["first_prompt_tokens"] : row["later_prompt_tokens"];
  return [row["key_id"], row["model"], tokens, row["claims"]].join("\n");
}

function lineOf(name: WasteName, tally: Tally, costPicoUsd: bigint): WasteLine {
  const picoUsd = tally.picoUsd.get(name) ?? 0n;
  return {
    name,
    requests: tally.requests.get(name) ?? 0,
    picoUsd,
    share: costPicoUsd <= 0n ? 0 : Number((picoUsd * 1_000_000n) / costPicoUsd) / 1_000_000,
    unpriced: tally.unpriced.get(name) ?? 0,
    ...wasteWords[name],
  };
}
