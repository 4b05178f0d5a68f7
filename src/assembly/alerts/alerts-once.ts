import { createAlertRules } from "../../alerts/all-rules.ts";
import type { FiringAlert } from "../../alerts/follow-alerts.ts";
import type { Alert, AlertNotice } from "../../spec/alert.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { createFactsReader } from "../../stores/sqlite/reports/read-facts.ts";
import { budgetUseOf } from "../budgets/budget-lines.ts";
import { readBudgetLines } from "../operation.ts";
import { alertSinksOf } from "./alert-sinks.ts";
import { alertStateFile, readAlertState } from "./alert-state.ts";
import { usualAlertSettings } from "./run-alerts.ts";
import { systemClock } from "../system-clock.ts";

/** What is firing, and since when a running gateway knows; null where it does not. */
export interface ShownAlert extends Alert {
  readonly sinceMs: number | null;
}

/** Rules that look at a running process: what they say comes, also, from what the gateway wrote down last. */
const seenByGateway: readonly string[] = ["ledger-trouble", "budget-pace"];
/** One look tells no pace but that of the whole window. */
const paceUnknown = { usedLastHour: null, usedLastSixHours: null };
/** Older notes are of a gateway that has stopped. */
const noteMsMax = 600_000;

/**
 * Judges the ledger now, and adds what a running gateway saw of itself. Synchronous, reads 35 days of rows: for a command.
 * @throws FarthingError `not_found` without a ledger.
 */
export function alertsFiringNow(config: FarthingConfig, nowMs: number): readonly ShownAlert[] {
  const settings = config.alerts ?? usualAlertSettings;
  const noted = readAlertState(alertStateFile(config.dataDirectory));
  const reader = createFactsReader({
    directory: config.dataDirectory,
    zone: config.zone ?? "UTC",
    withUsers: settings.userDailyPicoUsd !== null,
  });
  const facts = {
    ...reader.read(nowMs),
    ledger: { rowsQueued: 0, rowsDropped: 0, lastError: null },
    budgets: budgetUseOf(readBudgetLines(config, nowMs)).map((budget) => ({ ...budget, ...paceUnknown })),
  };
  const judged = createAlertRules(settings).flatMap((rule) => rule.evaluate(facts));
  const seen = noted
    .filter(({ alert, lastSeenMs }) => seenByGateway.includes(alert.rule) && nowMs - lastSeenMs < noteMsMax)
    .map(({ alert }) => alert)
    .filter((alert) => !judged.some((one) => isSame(one, alert)));
  return [...judged, ...seen].map((alert) => ({ ...alert, sinceMs: sinceOf(alert, noted) }));
}

function isSame(one: Alert, other: Alert): boolean {
  return one.rule === other.rule && one.subject === other.subject;
}

function sinceOf(alert: Alert, noted: readonly FiringAlert[]): number | null {
  return noted.find((one) => isSame(one.alert, alert))?.sinceMs ?? null;
}

/** What became of a test message at one sink; null: it arrived. */
export interface SinkTest {
  readonly sink: string;
  readonly failure: string | null;
}

/** Sends a test message to every sink of a config. */
export async function testAlertSinks(
  config: FarthingConfig,
  log: (line: object) => void,
  nowMs: number,
): Promise<readonly SinkTest[]> {
  const sinks = alertSinksOf(config, { log, clock: systemClock, random: Math.random });
  // The machine's own timers let a process end; between two tries this one must not.
  const stayAlive = setInterval(() => undefined, 60_000);
  try {
    return await Promise.all(
      sinks.map(async (sink) => {
        try {
          await sink.send(testNotice(nowMs));
          return { sink: sink.name, failure: null };
        } catch (error) {
          return { sink: sink.name, failure: error instanceof Error ? error.message : String(error) };
        }
      }),
    );
  } finally {
    clearInterval(stayAlive);
  }
}

function testNotice(nowMs: number): AlertNotice {
  const alert: Alert = {
    rule: "daily-spend",
    subject: "test",
    severity: "info",
    summary: "This is a test of Farthing's alerts.",
    actual: "-",
    expected: "-",
    meaning: "Messages arrive.",
    nextStep: "None.",
  };
  return { status: "test", alert, sinceMs: nowMs, atMs: nowMs, id: `test:${nowMs}` };
}
