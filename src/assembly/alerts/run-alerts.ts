import { createAlertRules } from "../../alerts/all-rules.ts";
import { type FiringAlert, followAlerts, notArrived } from "../../alerts/follow-alerts.ts";
import type { AlertNotice, AlertRule, AlertSettings, WindowFacts } from "../../spec/alert.ts";
import { picoUsdPerUsd } from "../../spec/money.ts";
import type { Clock, Random } from "../../spec/clock.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { LedgerStatus } from "../../spec/ledger.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import type { FactsOptions } from "../../stores/sqlite/reports/read-facts.ts";
import { type FactsThread, openFactsThread } from "../../stores/sqlite/reports/read-facts-thread.ts";
import type { LogLine } from "../alarms.ts";
import { alertSinksOf, createSinkQueue, type SinkQueue } from "./alert-sinks.ts";
import { alertStateFile, readAlertState, writeAlertState } from "./alert-state.ts";
import { type BudgetUse, LossWatch, PaceWatch } from "./alert-watch.ts";

/** What alerts are run with. */
export interface AlertParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: LogLine;
  readonly alarm: (code: AlarmCode, detail: string) => void;
  readonly ledgerStatus: () => LedgerStatus;
  /** Accounts of budgets now; empty without any. */
  readonly budgetUse: () => Promise<readonly BudgetUse[]>;
  /** Default: a thread. */
  readonly openFacts?: (options: FactsOptions) => FactsThread;
}

/** Alerts that look once a minute. */
export interface RunningAlerts {
  /** Puts another config's settings in force; what is firing stays. */
  reload(config: FarthingConfig): void;
  /** One look now, and what follows from it, up to the sinks. */
  look(): Promise<void>;
  /** Ends the looks and the thread; a message under way may be lost, and is sent again after the next start. */
  close(): Promise<void>;
}

const lookEveryMs = 60_000;

/** Settings of a config that says nothing of alerts: the log, and the published floors. */
export const usualAlertSettings: AlertSettings = {
  log: true,
  webhook: null,
  renotifyMs: 4 * 3_600_000,
  dailySpendFloorPicoUsd: 5n * picoUsdPerUsd,
  userDailyPicoUsd: null,
  off: [],
};

/**
 * Starts the looks, the first in a minute. What is firing is kept in `alerts.json` of the data directory, so that a restart tells
 * nothing twice. When the facts cannot be read nothing is judged, begun or ended; the alarm `alerts-blind` says so.
 */
export function startAlerts(config: FarthingConfig, parts: AlertParts): RunningAlerts {
  return new AlertRunner(config, parts);
}

class AlertRunner implements RunningAlerts {
  readonly #parts: AlertParts;
  readonly #stateFile: string;
  readonly #losses: LossWatch = new LossWatch();
  readonly #pace: PaceWatch = new PaceWatch();
  #firing: readonly FiringAlert[];
  #settings!: AlertSettings;
  #rules!: readonly AlertRule[];
  #queues!: readonly SinkQueue[];
  #facts: FactsThread;
  #factsOptions: FactsOptions;
  #looking: Promise<void> | null = null;
  #stopTimer: () => void = () => undefined;
  #closed = false;

  constructor(config: FarthingConfig, parts: AlertParts) {
    this.#parts = parts;
    this.#stateFile = alertStateFile(config.dataDirectory);
    this.#firing = readAlertState(this.#stateFile);
    this.#factsOptions = factsOptionsOf(config);
    this.#facts = (parts.openFacts ?? openFactsThread)(this.#factsOptions);
    this.#configure(config);
    this.#schedule();
  }

  reload(config: FarthingConfig): void {
    const options = factsOptionsOf(config);
    // What the thread has read is worth keeping: most changes are of other settings.
    if (JSON.stringify(options) !== JSON.stringify(this.#factsOptions)) {
      void this.#facts.close();
      this.#factsOptions = options;
      this.#facts = (this.#parts.openFacts ?? openFactsThread)(options);
    }
    this.#configure(config);
  }

  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTimer();
    await this.#facts.close();
  }

  #configure(config: FarthingConfig): void {
    this.#settings = config.alerts ?? usualAlertSettings;
    this.#rules = createAlertRules(this.#settings);
    const onFailed = (notice: AlertNotice, reason: string): void => this.#onFailed(notice, reason);
    this.#queues = alertSinksOf(config, this.#parts).map((sink) => createSinkQueue(sink, onFailed));
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#stopTimer = this.#parts.clock.after(lookEveryMs, () => {
      void this.look().finally(() => this.#schedule());
    });
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    // Nobody to tell: nothing is read.
    if (this.#queues.length === 0 || this.#rules.length === 0) return;
    try {
      const facts = await this.#readFacts();
      if (this.#closed) return;
      const alerts = this.#rules.flatMap((rule) => rule.evaluate(facts));
      const { firing, notices } = followAlerts(this.#firing, alerts, facts.nowMs, this.#settings.renotifyMs);
      this.#keep(firing);
      for (const notice of notices) for (const queue of this.#queues) queue.push(notice);
    } catch (error) {
      if (!this.#closed) this.#parts.alarm("alerts-blind", error instanceof Error ? error.message : String(error));
    }
    await Promise.all(this.#queues.map((queue) => queue.idle()));
  }

  async #readFacts(): Promise<WindowFacts> {
    const { clock, ledgerStatus, budgetUse } = this.#parts;
    const [facts, budgets] = await Promise.all([this.#facts.read(clock.nowMs()), budgetUse()]);
    const atMs = clock.monotonicUs() / 1000;
    const { rowsQueued, rowsDropped, lastError } = ledgerStatus();
    const ledger = { rowsQueued, rowsDropped: this.#losses.lostLastHour(rowsDropped, atMs), lastError };
    return { ...facts, ledger, budgets: this.#pace.withPace(budgets, atMs) };
  }

  #onFailed(notice: AlertNotice, reason: string): void {
    this.#parts.alarm("alert-not-sent", `${notice.alert.rule} ${notice.alert.subject}: ${reason}`.slice(0, 500));
    this.#keep(notArrived(this.#firing, notice));
  }

  /** Written where it changed: a look without news costs no disk. */
  #keep(firing: readonly FiringAlert[]): void {
    const isNews = firing.length > 0 || this.#firing.length > 0;
    this.#firing = firing;
    if (!isNews) return;
    try {
      writeAlertState(this.#stateFile, firing);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#parts.alarm("alerts-blind", `what is firing cannot be remembered: ${reason}`);
    }
  }
}

function factsOptionsOf({ dataDirectory, zone, alerts }: FarthingConfig): FactsOptions {
  const { userDailyPicoUsd, off } = alerts ?? usualAlertSettings;
  const withUsers = userDailyPicoUsd !== null && !off.includes("user-spend");
  return { directory: dataDirectory, zone: zone ?? "UTC", withUsers };
}
