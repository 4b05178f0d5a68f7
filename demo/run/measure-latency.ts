import { join } from "node:path";
import { quantile } from "../../bench/measurement.ts";
import { startFakeProvider } from "../../src/testing/fake-provider/start-fake-provider.ts";
import { generateWorkload } from "../workload/generate-workload.ts";
import type { WorkloadRow } from "../workload/workload-row.ts";
import { measureDiskSync } from "./measure-disk-sync.ts";
import { startGatewayProcess } from "./start-gateway-process.ts";
import { createVendorClients, type VendorClients } from "./vendor-clients.ts";

/** Two quantiles of durations in milliseconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** What the gateway adds to a call, on this machine. */
export interface AddedLatency {
  readonly pairs: number;
  readonly direct: Quantiles;
  readonly throughGateway: Quantiles;
  /** One sync of the disk that the ledger is on, median. */
  readonly diskSyncMs: number;
}

/** Calls before the measured ones, for connections and compilers to warm up. */
const warmUpPairs = 150;
/** Texts that the replayed workload does not have. */
const seedOffset = 1_000_003;

/**
 * Sends each of some fresh rows twice with the same client, straight to a provider and through a gateway, one call at a
 * time and in alternating order. The provider answers without any pause, so that the difference is not lost in it. Both
 * processes are their own, so that neither ledger nor invoice of the replay holds these calls. Nothing is served from
 * the cache or sent elsewhere: every call is keyed, looked up, forwarded, priced, recorded and stored.
 */
export async function measureLatency(seed: number, pairs: number, directory: string): Promise<AddedLatency> {
  const provider = await startFakeProvider({ seed, latency: "none" });
  try {
    const dataDirectory = join(directory, "latency");
    const gateway = await startGatewayProcess({ dataDirectory, providerOrigin: provider.origin, usualPorts: false });
    try {
      const rows = generateWorkload({ seed: seed + seedOffset, requests: pairs + warmUpPairs, repeats: false });
      const clients = [createVendorClients(provider.origin), createVendorClients(gateway.origin)] as const;
      const durations = await callInPairs(rows, ...clients);
      return { ...durations, diskSyncMs: measureDiskSync(dataDirectory) };
    } finally {
      await gateway.stop();
    }
  } finally {
    await provider.stop();
  }
}

async function callInPairs(
  rows: readonly WorkloadRow[],
  direct: VendorClients,
  throughGateway: VendorClients,
): Promise<Omit<AddedLatency, "diskSyncMs">> {
  const durations = { direct: [] as number[], throughGateway: [] as number[] };
  for (const [index, row] of rows.entries()) {
    const isMeasured = index >= warmUpPairs;
    const callDirect = (): Promise<void> => timeCall(direct, row, isMeasured ? durations.direct : null);
    const callGateway = (): Promise<void> =>
      timeCall(throughGateway, row, isMeasured ? durations.throughGateway : null);
    for (const call of index % 2 === 0 ? [callDirect, callGateway] : [callGateway, callDirect]) await call();
  }
  return {
    pairs: durations.direct.length,
    direct: quantilesOf(durations.direct),
    throughGateway: quantilesOf(durations.throughGateway),
  };
}

/** Own keys on both ways. No claims: without a task no rule of the demo's config applies, and both ways ask the same model. */
async function timeCall(clients: VendorClients, row: WorkloadRow, into: number[] | null): Promise<void> {
  const outcome = await clients.call(row, {});
  if (outcome.failure !== null) throw new Error(`A call for the latency failed: ${outcome.failure}`);
  into?.push(outcome.durationMs);
}

function quantilesOf(values: readonly number[]): Quantiles {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) };
}
