import type { BodyStore } from "../spec/body-store.ts";
import type { Clock } from "../spec/clock.ts";
import type { LedgerStore } from "../spec/ledger.ts";
import type { AlarmCode } from "../spec/metrics.ts";
import type { OutcomeStore } from "../spec/outcome.ts";
import type { Digest } from "../spec/ports.ts";
import type { MetricsRegistry } from "../sinks/prometheus/registry.ts";
import type { RunningAlerts } from "./alerts/run-alerts.ts";
import type { EngineAnswers } from "./answers/engine-answers.ts";
import type { Refresher } from "./answers/refresh-answers.ts";
import type { Spending } from "./budgets/spending.ts";
import type { DataDirectory } from "./data-directory.ts";
import type { EngineOptions } from "./engine.ts";
import type { ConfigBuilder, LiveConfig } from "./live-config.ts";
import type { OffSwitch } from "./off-switch.ts";

/** What an engine is put together from. */
export interface EngineParts {
  readonly live: LiveConfig;
  readonly builder: ConfigBuilder;
  readonly spending: Spending;
  readonly changed: (tool: "reload", next: LiveConfig) => void;
  readonly offSwitch: OffSwitch;
  readonly ledger: LedgerStore;
  readonly outcomes: OutcomeStore | null;
  readonly alerts: RunningAlerts | null;
  readonly clock: Clock;
  readonly metrics: MetricsRegistry;
  readonly directory: DataDirectory;
  readonly alarm: (code: AlarmCode, detail: string) => void;
  readonly firstStartNotices: readonly string[];
  readonly newId: () => bigint;
  readonly refresher: Refresher;
  readonly answers: EngineAnswers;
  readonly bodies: BodyStore | null;
  readonly digest: Digest;
}

/** Threads of a start that failed would keep the process alive; what was brought is its bringer's. */
export async function closeStarted(
  options: EngineOptions,
  { answers, bodies, spending, ledger }: Pick<EngineParts, "answers" | "bodies" | "spending" | "ledger">,
): Promise<void> {
  await answers.close();
  if (options.bodies === undefined) await bodies?.close();
  await spending.close();
  if (options.ledger === undefined) await ledger.close();
}

/** Closes everything that an engine holds; the ledger last: whatever still settles has to find it. */
export async function closeParts(parts: EngineParts): Promise<void> {
  parts.offSwitch.close();
  await parts.builder.close();
  await parts.answers.close();
  await parts.bodies?.close();
  await parts.spending.close();
  await parts.alerts?.close();
  await parts.outcomes?.close();
  await parts.ledger.close();
}
