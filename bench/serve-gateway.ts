// One gateway as its own process, for benchmarks and proofs: `serve-gateway.ts CONFIG_FILE [discard-ledger] [no-metrics]
// [synchronous-off]`. `synchronous-off` plants the fault that the proof of syncs must notice.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../src/config/load-config.ts";
import { startGateway } from "../src/gateway/server.ts";
import { vendorRows } from "../src/providers/vendor-catalogue.ts";
import { discardLedger } from "./discard-ledger.ts";

const [file = "", ...switches] = process.argv.slice(2);
const { config } = loadConfig({ file, env: {}, overrides: {}, generation: 1, vendors: vendorRows });
const gateway = await startGateway({
  config,
  engineOptions: {
    ...(switches.includes("discard-ledger") ? { ledger: discardLedger() } : {}),
    ...(switches.includes("no-metrics") ? { metrics: false } : {}),
    ...(switches.includes("synchronous-off") ? { plantedSynchronous: "OFF" } : {}),
  },
});
const adminToken = readFileSync(join(config.dataDirectory, "admin-token"), "utf8").trim();
const ready = { ready: true, port: gateway.traffic.port, adminPort: gateway.admin.port, adminToken };
process.stdout.write(`${JSON.stringify(ready)}\n`);
process.on("SIGTERM", () => void gateway.close().then(() => process.exit(0)));
