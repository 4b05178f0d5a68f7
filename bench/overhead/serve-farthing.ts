// One gateway under measurement: `serve-farthing.ts MODE UPSTREAM_ORIGIN DATA_DIRECTORY`. Modes: `off` (no optimisation, no
// metrics, the ledger's rows thrown away: the bare way of a request), `cache` (exact cache and metrics, rows thrown away),
// `strict` and `relaxed` (the same with the ledger on disk).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load-config.ts";
import { startGateway } from "../../src/gateway/server.ts";
import { vendorRows } from "../../src/providers/vendor-catalogue.ts";
import { discardLedger } from "./discard-ledger.ts";

const [mode = "off", origin = "", directory = "."] = process.argv.slice(2);
const cached = mode !== "off";
const file = join(directory, "farthing.yaml");
writeFileSync(
  file,
  `listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }
dataDirectory: ${JSON.stringify(directory)}
providers:
  openai: { baseUrl: ${JSON.stringify(origin)} }
ledger: { durability: ${mode === "relaxed" ? "relaxed" : "strict"} }
routes:
  - name: bench
    exactCache: { enabled: ${String(cached)} }
`,
);
const { config } = loadConfig({ file, env: {}, overrides: {}, generation: 1, vendors: vendorRows });
const gateway = await startGateway({
  config,
  ...(mode === "off" || mode === "cache"
    ? { engineOptions: { ledger: discardLedger(), ...(cached ? {} : { metrics: false }) } }
    : {}),
});
const ready = {
  ready: true,
  port: gateway.traffic.port,
  ...(cached
    ? { adminPort: gateway.admin.port, adminToken: readFileSync(join(directory, "admin-token"), "utf8").trim() }
    : {}),
  ...(mode === "strict" || mode === "relaxed" ? { dataDirectory: directory } : {}),
};
process.stdout.write(`${JSON.stringify(ready)}\n`);
process.on("SIGTERM", () => void gateway.close().then(() => process.exit(0)));
