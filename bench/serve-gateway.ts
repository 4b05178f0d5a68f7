// One gateway as its own process, for benchmarks and proofs: `serve-gateway.ts CONFIG_FILE [discard-ledger] [no-metrics]
// [quiet] [synchronous-off]`. `synchronous-off` plants the fault that the proof of syncs must notice.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../src/config/load-config.ts";
import { startGateway } from "../src/gateway/server.ts";
import { vendorRows } from "../src/providers/vendor-catalogue.ts";
import { systemClock } from "../src/assembly/system-clock.ts";
import type { LedgerStore } from "../src/spec/ledger.ts";
import { openLedger } from "../src/stores/sqlite/ledger/open-ledger.ts";
import { discardLedger } from "./discard-ledger.ts";

const [file = "", ...switches] = process.argv.slice(2);
const { config } = loadConfig({ file, env: {}, overrides: {}, generation: 1, vendors: vendorRows });
const ledger = await chosenLedger();
const gateway = await startGateway({
  config,
  // A proof plants hundreds of failures; their log lines would bury its figures.
  ...(switches.includes("quiet") ? { log: () => {} } : {}),
  engineOptions: {
    ...(ledger === null ? {} : { ledger }),
    ...(switches.includes("no-metrics") ? { metrics: false } : {}),
  },
});
const adminToken = readFileSync(join(config.dataDirectory, "admin-token"), "utf8").trim();
const ready = { ready: true, pid: process.pid, port: gateway.traffic.port, adminPort: gateway.admin.port, adminToken };
process.stdout.write(`${JSON.stringify(ready)}\n`);
process.on("SIGTERM", () => void gateway.close().then(() => process.exit(0)));

/** Null: the one of the config. */
async function chosenLedger(): Promise<LedgerStore | null> {
  if (switches.includes("discard-ledger")) return discardLedger();
  if (!switches.includes("synchronous-off")) return null;
  const { dataDirectory: directory, ledger: settings } = config;
  return openLedger({
    directory,
    settings,
    clock: systemClock,
    alarm: () => {},
    faults: { synchronous: "OFF" },
  });
}
