import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../src/config/load-config.ts";
import { startGateway, type RunningGateway } from "../src/gateway/server.ts";
import { vendorRows } from "../src/providers/vendor-catalogue.ts";
import { startFakeProvider } from "../src/testing/fake-provider/start-fake-provider.ts";

/** A fake provider and a gateway before it, as a user would run them. */
export interface Stack {
  readonly provider: Awaited<ReturnType<typeof startFakeProvider>>;
  readonly gateway: RunningGateway;
  /** Base of the traffic listener, without `/v1`. */
  readonly origin: string;
  readonly dataDirectory: string;
  /** The whole record of a request, as the admin API tells it. */
  record(requestId: string): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Starts both on free ports. `routes` is YAML of the config's `routes` section. */
export async function startStack(
  routes = "[]",
  providerOptions: Parameters<typeof startFakeProvider>[0] = {},
): Promise<Stack> {
  const dataDirectory = mkdtempSync(join(tmpdir(), "farthing-stack-"));
  const provider = await startFakeProvider({ latency: "none", ...providerOptions });
  const file = join(dataDirectory, "farthing.yaml");
  writeFileSync(
    file,
    `listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }
dataDirectory: ${JSON.stringify(dataDirectory)}
providers:
  openai: { baseUrl: ${JSON.stringify(provider.origin)} }
  anthropic: { baseUrl: ${JSON.stringify(provider.origin)} }
routes: ${routes}
`,
  );
  const { config } = loadConfig({ file, env: {}, overrides: {}, generation: 1, vendors: vendorRows });
  const gateway = await startGateway({ config, log: () => {} });
  const token = readFileSync(join(dataDirectory, "admin-token"), "utf8").trim();
  return {
    provider,
    gateway,
    origin: `http://127.0.0.1:${gateway.traffic.port}`,
    dataDirectory,
    record: async (requestId) => {
      const url = `http://127.0.0.1:${gateway.admin.port}/v1/farthing/requests/${requestId}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      return (await response.json()) as Record<string, unknown>;
    },
    stop: async () => {
      await gateway.close();
      await provider.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}
