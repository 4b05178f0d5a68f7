import type { ResolvedTicket } from "../workload/sessions.ts";
import { backfill } from "../workload/backfill.ts";
import type { BackfillVerdict } from "./judge-backfill.ts";
import type { CommandReports } from "./read-reports.ts";
import type { SettledRow } from "./settled-row.ts";

/** What resolved tickets cost, as `farthing economics` says and as the labels do. */
export interface OutcomeVerdict {
  readonly tickets: number;
  readonly costPicoUsd: bigint;
  /** For one, rounded down. */
  readonly eachPicoUsd: bigint;
  /** Spent on everything else. */
  readonly withoutPicoUsd: bigint;
  /** Tickets that the gateway was told of and did not store, or that found no calls. Should be 0. */
  readonly lost: number;
  /** The report's cost of tickets minus that of the conversations so labelled. Should be 0. */
  readonly costMinusLabelsPicoUsd: bigint;
  /** The report's costs together minus the bill. Should be 0. */
  readonly sumMinusBillPicoUsd: bigint;
}

/** What was paid for nothing, and what fires. */
export interface WatchVerdict {
  readonly wastePicoUsd: bigint;
  /** The cause of the largest part; null where nothing was. */
  readonly largestCause: string | null;
  /** The report's waste minus what the backfill spent on answers that were cut off: no other answer is. Should be 0. */
  readonly wasteMinusLabelsPicoUsd: bigint;
  readonly alerts: readonly { readonly rule: string; readonly severity: string }[];
  /** Alerts about anything but the one budget that is nearly spent. Should be 0. */
  readonly alertsNotDue: number;
}

/** Holds unit economics against the labels. */
export function judgeOutcomes(
  rows: readonly SettledRow[],
  tickets: readonly ResolvedTicket[],
  stored: number,
  { economics }: CommandReports,
): OutcomeVerdict {
  const resolved = new Set(tickets.map(({ session }) => session));
  const labelled = costOf(rows.filter(({ row }) => row.session !== null && resolved.has(row.session)));
  const [kind] = economics.kinds;
  const costPicoUsd = economics.kinds.reduce((sum, one) => sum + one.costPicoUsd, 0n);
  return {
    tickets: kind?.outcomes ?? 0,
    costPicoUsd,
    eachPicoUsd: kind?.costPerOutcomePicoUsd ?? 0n,
    withoutPicoUsd: economics.withoutOutcome.costPicoUsd,
    lost: tickets.length - Math.min(stored, kind?.outcomes ?? 0) + (kind?.unmatched ?? 0),
    costMinusLabelsPicoUsd: costPicoUsd - labelled,
    sumMinusBillPicoUsd: costPicoUsd + economics.withoutOutcome.costPicoUsd - costOf(rows),
  };
}

/** Holds waste and alerts against what the run did on purpose. */
export function judgeWatch({ waste, alerts }: CommandReports, { cutPicoUsd }: BackfillVerdict): WatchVerdict {
  const largest = waste.lines.toSorted((left, right) => (left.picoUsd > right.picoUsd ? -1 : 1))[0];
  return {
    wastePicoUsd: waste.wastePicoUsd,
    largestCause: largest === undefined || largest.picoUsd === 0n ? null : largest.name,
    wasteMinusLabelsPicoUsd: waste.wastePicoUsd - cutPicoUsd,
    alerts: alerts.map(({ rule, severity }) => ({ rule, severity })),
    alertsNotDue: alerts.filter((alert) => !isDue(alert)).length,
  };
}

function costOf(rows: readonly SettledRow[]): bigint {
  return rows.reduce((sum, { line }) => sum + (line.costPicoUsd ?? 0n), 0n);
}

/** The one budget that is meant to run out. */
function isDue({ rule, subject }: CommandReports["alerts"][number]): boolean {
  return rule === "budget-pace" && subject.includes(backfill.project);
}
