import { createWebhookSink } from "../../sinks/webhook/webhook-sink.ts";
import type { AlertNotice, AlertSink } from "../../spec/alert.ts";
import type { Clock, Random } from "../../spec/clock.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { LogLine } from "../alarms.ts";

/** Notices that wait for one sink; the oldest are given up first. */
const waitingMax = 100;

/** Sinks of a config: the log, the webhook, both or none. */
export function alertSinksOf(
  { alerts, network }: FarthingConfig,
  { log, clock, random }: { readonly log: LogLine; readonly clock: Clock; readonly random: Random },
): readonly AlertSink[] {
  const sinks: AlertSink[] = [];
  if (alerts?.log ?? true) sinks.push(createLogSink(log));
  const webhook = alerts?.webhook ?? null;
  if (webhook !== null) sinks.push(createWebhookSink({ ...webhook, extraCa: network.extraCa, clock, random }));
  return sinks;
}

/** One line a notice. */
function createLogSink(log: LogLine): AlertSink {
  return {
    name: "log",
    send(notice) {
      const { status, alert, sinceMs } = notice;
      const { severity, nextStep: next_step, ...rest } = alert;
      const level = status === "resolved" || severity === "info" ? "info" : "warn";
      log({ level, event: "alert", status, since: new Date(sinceMs).toISOString(), severity, ...rest, next_step });
      return Promise.resolve();
    },
  };
}

/** Hands notices to one sink, one after the other. */
export interface SinkQueue {
  push(notice: AlertNotice): void;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
}

/** @param onFailed told of every notice that did not arrive, with words for the operator. Must not throw. */
export function createSinkQueue(sink: AlertSink, onFailed: (notice: AlertNotice, reason: string) => void): SinkQueue {
  const waiting: AlertNotice[] = [];
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    for (let notice = waiting.shift(); notice !== undefined; notice = waiting.shift()) {
      try {
        await sink.send(notice);
      } catch (error) {
        onFailed(notice, `${sink.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    running = null;
  };
  return {
    push(notice) {
      waiting.push(notice);
      const given = waiting.length > waitingMax ? waiting.shift() : undefined;
      if (given !== undefined) onFailed(given, `${sink.name}: more than ${waitingMax} notices wait`);
      running ??= run();
    },
    idle: () => running ?? Promise.resolve(),
  };
}
