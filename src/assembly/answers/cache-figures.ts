import { FarthingError } from "../../kit/farthing-error.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { PicoUsd } from "../../spec/money.ts";
import type { ReportLine } from "../../spec/report.ts";
import { readLedgerReport } from "../ledger-reading.ts";

/** Requests answered without a call, by how. */
export interface LayerFigures {
  /** `exact`, `normalised`, `coalesced`, ... as the ledger's rows have it. */
  readonly layer: string;
  readonly requests: number;
}

/** Seven days of lookups. */
export interface WeekFigures {
  /** Its Monday, `2026-11-16`, in the config's zone. */
  readonly monday: string;
  readonly lookups: number;
  readonly hits: number;
  /** Null without a lookup. */
  readonly hitRate: number | null;
}

/** What the ledger knows of the caches, as far back as it goes. */
export interface CacheFigures {
  readonly layers: readonly LayerFigures[];
  /** Oldest first; weeks without a lookup are left out. */
  readonly weeks: readonly WeekFigures[];
  /** Saved by technique, net of what hits paid for their own lookups; signed. */
  readonly savedPicoUsd: Readonly<Record<string, PicoUsd>>;
}

/** Techniques that answer from a store, or from a call under way. */
const techniques = ["exact-cache", "embedding-cache", "coalesce"];
const dayMs = 86_400_000;
/** Days that a ledger can hold (config: ledger.retention). */
const daysMax = 36_500;
const nothing: CacheFigures = { layers: [], weeks: [], savedPicoUsd: {} };

/** Reads the ledger's sums; all empty where there is no ledger yet. Works while the gateway runs. */
export function cacheFigures(config: FarthingConfig, nowMs: number): CacheFigures {
  const window = { fromMs: nowMs - config.ledger.retentionDays * dayMs, toMs: nowMs, linesMax: daysMax };
  try {
    const byModel = readLedgerReport(config, { ...window, by: ["model"] });
    const byDay = readLedgerReport(config, { ...window, by: ["day"] });
    const saved = Object.entries(byModel.total.savedPicoUsd).filter(([name]) => techniques.includes(name));
    return { layers: layersOf(byModel.lines), weeks: weeksOf(byDay.lines), savedPicoUsd: Object.fromEntries(saved) };
  } catch (error) {
    if (FarthingError.isInstance(error) && error.code === "not_found") return nothing;
    throw error;
  }
}

/** A row without a call stands under its origin in brackets; see the reports' dimension `model`. */
function layersOf(lines: readonly ReportLine[]): readonly LayerFigures[] {
  return lines
    .flatMap(({ group, requests }) => {
      const layer = /^\(([a-z-]+)\)$/.exec(group["model"] ?? "")?.[1];
      return layer === undefined || layer === "none" || layer === "provider" ? [] : [{ layer, requests }];
    })
    .toSorted((left, right) => right.requests - left.requests);
}

function weeksOf(lines: readonly ReportLine[]): readonly WeekFigures[] {
  const weeks = new Map<string, { lookups: number; hits: number }>();
  for (const { group, cacheLookups, cacheHits } of lines) {
    if (cacheLookups === 0) continue;
    const monday = mondayOf(group["day"] ?? "");
    const week = weeks.get(monday) ?? { lookups: 0, hits: 0 };
    weeks.set(monday, { lookups: week.lookups + cacheLookups, hits: week.hits + cacheHits });
  }
  return [...weeks]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([monday, { lookups, hits }]) => ({ monday, lookups, hits, hitRate: lookups === 0 ? null : hits / lookups }));
}

/** A day is a date by now, so the zone plays no part any more. */
function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  return new Date(date.getTime() - sinceMonday * dayMs).toISOString().slice(0, 10);
}
