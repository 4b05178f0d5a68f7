import type { Alert, AlertNotice } from "../spec/alert.ts";

/** An alert that is firing, as it is remembered between two looks and across restarts. */
export interface FiringAlert {
  readonly alert: Alert;
  readonly sinceMs: number;
  readonly lastSeenMs: number;
  /** When the last notice was decided; null: none arrived yet, so the next look sends it again. */
  readonly notifiedAtMs: number | null;
  /** Notices that were decided. */
  readonly notices: number;
}

/** What came of a look. */
export interface FollowedAlerts {
  readonly firing: readonly FiringAlert[];
  readonly notices: readonly AlertNotice[];
}

/** Alerts remembered at once; those beyond, in order of the rules, wait until there is room. */
const firingMax = 200;
/** An alert that is not seen for so long is over: one that comes and goes by the minute is one alert. */
export const resolveAfterMs = 300_000;

/**
 * Compares the alerts of a look with those that were firing: new ones are told, those that go on are told again after `renotifyMs`,
 * those that are gone for five minutes are told to be over. The rules of its states: docs/reference/alerts.md.
 */
export function followAlerts(
  before: readonly FiringAlert[],
  alerts: readonly Alert[],
  nowMs: number,
  renotifyMs: number,
): FollowedAlerts {
  const known = new Map(before.map((one) => [nameOf(one.alert), one]));
  const firing: FiringAlert[] = [];
  const notices: AlertNotice[] = [];
  for (const alert of alerts) {
    const name = nameOf(alert);
    const old = known.get(name);
    if (old === undefined && firing.length + known.size >= firingMax) continue;
    known.delete(name);
    const { next, notice } = seen(old, alert, nowMs, renotifyMs);
    firing.push(next);
    if (notice !== null) notices.push(notice);
  }
  for (const gone of known.values()) {
    // A clock that was set back must not keep an alert for ever.
    if (Math.abs(nowMs - gone.lastSeenMs) < resolveAfterMs) firing.push(gone);
    else notices.push(noticeOf("resolved", gone, nowMs, gone.notices + 1));
  }
  return { firing, notices };
}

function seen(
  old: FiringAlert | undefined,
  alert: Alert,
  nowMs: number,
  renotifyMs: number,
): { readonly next: FiringAlert; readonly notice: AlertNotice | null } {
  if (old === undefined) {
    const next: FiringAlert = { alert, sinceMs: nowMs, lastSeenMs: nowMs, notifiedAtMs: nowMs, notices: 1 };
    return { next, notice: noticeOf("firing", next, nowMs, 1) };
  }
  const seenAgain = { ...old, alert, lastSeenMs: nowMs };
  if (old.notifiedAtMs === null) {
    const next = { ...seenAgain, notifiedAtMs: nowMs };
    // The same message once more: whoever got it all the same knows it by its id.
    return { next, notice: noticeOf(old.notices === 1 ? "firing" : "still-firing", next, nowMs, old.notices) };
  }
  const isDue = Math.abs(nowMs - old.notifiedAtMs) >= renotifyMs || isWorse(alert, old.alert);
  if (!isDue) return { next: seenAgain, notice: null };
  const next = { ...seenAgain, notifiedAtMs: nowMs, notices: old.notices + 1 };
  return { next, notice: noticeOf("still-firing", next, nowMs, next.notices) };
}

function isWorse(now: Alert, before: Alert): boolean {
  return now.severity === "critical" && before.severity !== "critical";
}

/** The state after a notice did not arrive: the next look sends it again. One that is over by then is left. */
export function notArrived(firing: readonly FiringAlert[], notice: AlertNotice): readonly FiringAlert[] {
  const name = nameOf(notice.alert);
  return firing.map((one) =>
    nameOf(one.alert) === name && notice.status !== "resolved" ? { ...one, notifiedAtMs: null } : one,
  );
}

function noticeOf(status: AlertNotice["status"], firing: FiringAlert, atMs: number, number: number): AlertNotice {
  const { alert, sinceMs } = firing;
  return { status, alert, sinceMs, atMs, id: `${nameOf(alert)}:${sinceMs}:${number}` };
}

function nameOf({ rule, subject }: Alert): string {
  return `${rule}:${subject}`;
}
