import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bundledPriceBook } from "../src/money/book/bundled-price-book.ts";
import { startFakeProvider, type FakeProviderHandle } from "../src/testing/fake-provider/start-fake-provider.ts";
import { addUp } from "./bill/add-up.ts";
import { compareInvoices } from "./bill/compare-invoices.ts";
import { countMisses, countMistakes } from "./bill/count-mistakes.ts";
import { findCeilings } from "./bill/find-ceilings.ts";
import { backfillCallsOf, judgeBackfill } from "./bill/judge-backfill.ts";
import { judgeCaches, type CacheVerdict } from "./bill/judge-caches.ts";
import { judgeOutcomes, judgeWatch } from "./bill/judge-reports.ts";
import { countLedgerRows, readLedger, readRefreshes } from "./bill/read-ledger.ts";
import { readInvoices } from "./bill/read-invoices.ts";
import { readReports } from "./bill/read-reports.ts";
import { settleRows } from "./bill/settle-rows.ts";
import type { DemoResult } from "./report/demo-result.ts";
import { shortPath } from "./run/data-directory.ts";
import { measureLatency } from "./run/measure-latency.ts";
import { postOutcomes } from "./run/post-outcomes.ts";
import type { ProgressStream } from "./run/progress.ts";
import { sendCacheSteps } from "./run/send-cache-steps.ts";
import { sendWorkload } from "./run/send-workload.ts";
import { startGatewayProcess, type GatewayProcess } from "./run/start-gateway-process.ts";
import { generateBackfill } from "./workload/backfill.ts";
import { generateCacheSteps } from "./workload/cache-steps.ts";
import { generateWorkload } from "./workload/generate-workload.ts";
import { drawResolved } from "./workload/sessions.ts";

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
    const result = await sendAndJudge(settings, gateway, provider);
    return { result, gatewayEnded: gateway.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function sendAndJudge(
  settings: DemoSettings,
  gateway: GatewayProcess,
  provider: FakeProviderHandle,
): Promise<DemoResult> {
  const { seed, dataDirectory, repeats, concurrency, latencyPairs, progress } = settings;
  const rows = generateWorkload(settings);
  const backfillRows = generateBackfill(seed);
  const tickets = drawResolved(seed, rows);
  const startedAtMs = Date.now();
  const sent = await sendWorkload({ rows, backfillRows, concurrency, progress }, gateway);
  const stored = await postOutcomes(tickets, gateway);
  const invoices = await readInvoices(provider);
  const settled = await settleRows([...rows, ...backfillRows], sent.outcomes, dataDirectory);
  const { served, refused, failed } = settled;
  const backfillVerdict = judgeBackfill(backfillCallsOf(settled, sent.spans, invoices), invoices);
  const reports = await readReports(gateway.configFile, startedAtMs, backfillVerdict.spentPicoUsd);
  const counts = countLedgerRows(dataDirectory);
  const caches = await tryCaches(settings, gateway, provider, { calls: invoices.length, rows: counts.all });
  const latency = latencyPairs === 0 ? null : await measureLatency(seed, latencyPairs, dataDirectory);
  return {
    seed,
    requests: rows.length,
    streamed: rows.filter((row) => row.stream).length,
    identical: rows.filter((row) => row.variant === "identical").length,
    paraphrases: rows.filter((row) => row.variant === "paraphrase").length,
    repeats,
    concurrency,
    replaySeconds: sent.seconds,
    bill: addUp(served),
    ceilings: findCeilings(served, bundledPriceBook()),
    mistakes: countMistakes(served, failed),
    misses: countMisses(served),
    invoices: compareInvoices(
      [...served, ...refused].map(({ line }) => line),
      invoices,
    ),
    strayLedgerRows: counts.all - counts.putOff - served.length - refused.length,
    backfill: backfillVerdict,
    backfillPutOff: counts.putOff,
    balanceMinusInvoicePicoUsd: reports.balancePicoUsd - backfillVerdict.spentPicoUsd,
    outcomes: judgeOutcomes(served, tickets, stored, reports),
    watch: judgeWatch(reports, backfillVerdict),
    caches,
    latency,
    origin: gateway.origin,
    pageLink: gateway.pageLink,
    dataDirectory: shortPath(dataDirectory),
  };
}

/** The last part of a run: requests that try the answer caches, after the reports were read, so that no other figure knows of them. */
async function tryCaches(
  { seed, dataDirectory }: DemoSettings,
  gateway: GatewayProcess,
  provider: FakeProviderHandle,
  before: { readonly calls: number; readonly rows: number },
): Promise<CacheVerdict> {
  const steps = generateCacheSteps(seed);
  const answers = await sendCacheSteps(steps, gateway);
  const ids = [...answers.values()].map(({ requestId }) => requestId).filter((id) => id !== "");
  const lines = await readLedger(dataDirectory, ids);
  const invoices = (await readInvoices(provider)).slice(before.calls);
  const ofSteps = [...lines.values()].reduce((sum, { providerRequestIds }) => sum + providerRequestIds.length, 0);
  // Nobody waits for what the gateway fetches by itself: its rows may come later than its calls.
  const refreshes = await readRefreshes(dataDirectory, invoices.length - ofSteps);
  const rows = countLedgerRows(dataDirectory).all - before.rows;
  return judgeCaches({ steps, answers, lines, refreshes, invoices, rows });
}
