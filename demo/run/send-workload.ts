import type { WorkloadRow } from "../workload/workload-row.ts";
import { backfill } from "../workload/backfill.ts";
import type { CallOutcome } from "./call-outcome.ts";
import { createProgress, type ProgressStream } from "./progress.ts";
import { replay } from "./replay.ts";
import type { GatewayProcess } from "./start-gateway-process.ts";
import { claimHeaders, createVendorClients } from "./vendor-clients.ts";

/** What is sent, and how. */
export interface Sending {
  readonly rows: readonly WorkloadRow[];
  /** Sent beside the others by a client of its own, which tries again where the gateway lets it. */
  readonly backfillRows: readonly WorkloadRow[];
  readonly concurrency: number;
  readonly progress: ProgressStream;
}

/** When a call was under way, by one clock, milliseconds. */
export interface CallSpan {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** What clients saw, by row. */
export interface SentWorkload {
  readonly outcomes: ReadonlyMap<string, CallOutcome>;
  /** Of the backfill's calls. */
  readonly spans: ReadonlyMap<string, CallSpan>;
  /** Until the last answer. */
  readonly seconds: number;
}

/** Tries of the backfill's client by itself: the official client's default. */
const backfillRetriesMax = 2;

/** The backfill begins when so many of the other rows are answered: a job among traffic, not the first calls of a cold process. */
const answeredBefore = 20;

/** Sends the workload, and the backfill at the same time. */
export async function sendWorkload(sending: Sending, gateway: GatewayProcess): Promise<SentWorkload> {
  const startedAt = performance.now();
  const spans = new Map<string, CallSpan>();
  const warm = Promise.withResolvers<void>();
  const [outcomes, backfillOutcomes] = await Promise.all([
    sendRows(sending, gateway, warm.resolve).finally(warm.resolve),
    warm.promise.then(() => sendBackfill(sending.backfillRows, gateway, spans)),
  ]);
  const seconds = (performance.now() - startedAt) / 1000;
  return { outcomes: new Map([...outcomes, ...backfillOutcomes]), spans, seconds };
}

async function sendRows(
  sending: Sending,
  { origin, localKeys }: GatewayProcess,
  onWarm: () => void,
): Promise<Map<string, CallOutcome>> {
  const clients = createVendorClients(origin, { localKeys });
  const progress = createProgress(sending.progress, "replaying", sending.rows.length);
  const outcomes = await replay(sending.rows, {
    concurrency: sending.concurrency,
    call: (row) => clients.call(row, claimHeaders(row)),
    onProgress: (done) => {
      progress.update(done);
      if (done === answeredBefore) onWarm();
    },
  });
  progress.finish();
  return outcomes;
}

function sendBackfill(
  rows: readonly WorkloadRow[],
  { origin, backfillKey }: GatewayProcess,
  spans: Map<string, CallSpan>,
): Promise<Map<string, CallOutcome>> {
  const localKeys = Object.fromEntries(rows.map(({ tenant }) => [tenant, backfillKey]));
  const clients = createVendorClients(origin, { localKeys, retriesMax: backfillRetriesMax });
  const call = async (row: WorkloadRow): Promise<CallOutcome> => {
    const startedAtMs = performance.now();
    const outcome = await clients.call(row, claimHeaders(row));
    spans.set(row.id, { startedAtMs, endedAtMs: performance.now() });
    return outcome;
  };
  return replay(rows, { concurrency: backfill.concurrency, call, onProgress: () => undefined });
}
