import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundledPriceBook } from "../src/money/bundled-price-book.ts";
import { startFakeProvider, type FakeProviderHandle } from "../src/testing/fake-provider/start-fake-provider.ts";
import { addUp } from "./bill/add-up.ts";
import { compareInvoices, type InvoiceLine } from "./bill/compare-invoices.ts";
import { countMisses, countMistakes } from "./bill/count-mistakes.ts";
import { findCeilings } from "./bill/find-ceilings.ts";
import { countLedgerRows, readLedger } from "./bill/read-ledger.ts";
import type { SettledRow } from "./bill/settled-row.ts";
import type { DemoResult } from "./report/demo-result.ts";
import type { CallOutcome } from "./run/call-outcome.ts";
import { shortPath } from "./run/data-directory.ts";
import { measureLatency } from "./run/measure-latency.ts";
import { createProgress, type ProgressStream } from "./run/progress.ts";
import { replay } from "./run/replay.ts";
import { startGatewayProcess, type GatewayProcess } from "./run/start-gateway-process.ts";
import { claimHeaders, createVendorClients } from "./run/vendor-clients.ts";
import { generateWorkload } from "./workload/generate-workload.ts";
import type { WorkloadRow } from "./workload/workload-row.ts";

/** What a run is made with. */
export interface DemoSettings {
  readonly seed: number;
  readonly requests: number;
  readonly repeats: boolean;
  readonly concurrency: number;
  /** 0 leaves the measurement out. */
  readonly latencyPairs: number;
  readonly dataDirectory: string;
  /** Listen where a gateway usually does, if those ports are free. */
  readonly usualPorts: boolean;
  readonly progress: ProgressStream;
}

/** A finished run whose gateway and provider are still up. */
export interface DemoRun {
  readonly result: DemoResult;
  /** Resolves with its last words when the gateway ends by itself. */
  readonly gatewayEnded: Promise<string>;
  /** Ends gateway and provider. Idempotent. */
  stop(): Promise<void>;
}

/** Starts provider and gateway as processes of their own, replays the workload through them and works out the bill. */
export async function runDemo(settings: DemoSettings): Promise<DemoRun> {
  const { seed, dataDirectory } = settings;
  const rows = generateWorkload(settings);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const logFile = join(dataDirectory, "invoice.jsonl");
  let gateway: GatewayProcess | null = null;
  const provider = await startFakeProvider({ seed, latency: "fast", logFile });
  const stop = async (): Promise<void> => {
    await gateway?.stop();
    await provider.stop();
  };
  try {
    const { origin: providerOrigin } = provider;
    gateway = await startGatewayProcess({ dataDirectory, providerOrigin, usualPorts: settings.usualPorts });
    const startedAt = performance.now();
    const outcomes = await replayRows(rows, gateway, settings);
    const replaySeconds = (performance.now() - startedAt) / 1000;
    const invoices = await readInvoices(provider);
    const settled = await settle(rows, outcomes, dataDirectory);
    const latency =
      settings.latencyPairs === 0 ? null : await measureLatency(seed, settings.latencyPairs, dataDirectory);
    const result: DemoResult = {
      seed,
      requests: rows.length,
      streamed: rows.filter((row) => row.stream).length,
      identical: rows.filter((row) => row.variant === "identical").length,
      paraphrases: rows.filter((row) => row.variant === "paraphrase").length,
      repeats: settings.repeats,
      concurrency: settings.concurrency,
      replaySeconds,
      bill: addUp(settled),
      ceilings: findCeilings(settled, bundledPriceBook()),
      mistakes: countMistakes(
        settled,
        rows.filter(({ id }) => outcomes.get(id)?.failure !== null),
      ),
      misses: countMisses(settled),
      invoices: compareInvoices(
        settled.map(({ line }) => line),
        invoices,
      ),
      strayLedgerRows: countLedgerRows(dataDirectory) - settled.length,
      latency,
      origin: gateway.origin,
      dataDirectory: shortPath(dataDirectory),
    };
    return { result, gatewayEnded: gateway.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function replayRows(
  rows: readonly WorkloadRow[],
  gateway: GatewayProcess,
  settings: DemoSettings,
): Promise<Map<string, CallOutcome>> {
  const clients = createVendorClients(gateway.origin, gateway.localKeys);
  const progress = createProgress(settings.progress, "replaying", rows.length);
  const outcomes = await replay(rows, {
    concurrency: settings.concurrency,
    call: (row) => clients.call(row, claimHeaders(row)),
    onProgress: (done) => progress.update(done),
  });
  progress.finish();
  return outcomes;
}

/** The calls that the provider's own log says it would bill. */
async function readInvoices(provider: FakeProviderHandle): Promise<InvoiceLine[]> {
  const log = await provider.settledLog();
  return log
    .filter((line) => line.event === "ended")
    .map((line) => ({
      requestId: line.requestId,
      picoUsd: line.invoicePicoUsd === null ? null : BigInt(line.invoicePicoUsd),
    }));
}

/** Joins rows, what clients saw and what the ledger recorded; rows whose call brought no request id are left out. */
async function settle(
  rows: readonly WorkloadRow[],
  outcomes: ReadonlyMap<string, CallOutcome>,
  dataDirectory: string,
): Promise<SettledRow[]> {
  const ids = [...outcomes.values()].flatMap(({ requestId }) => (requestId === null ? [] : [requestId]));
  const lines = await readLedger(dataDirectory, ids);
  return rows.flatMap((row) => {
    const outcome = outcomes.get(row.id);
    const line = lines.get(outcome?.requestId ?? "");
    return outcome === undefined || line === undefined ? [] : [{ row, outcome, line }];
  });
}
