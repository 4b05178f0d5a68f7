import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Usage } from "../../../src/spec/usage.ts";
import { startFakeProvider } from "../../../src/testing/fake-provider/start-fake-provider.ts";
import { type ProviderName, providers, scenarioKeyOf, type ScenarioName, scenarios } from "./providers.ts";
import { type Relay, startRelay } from "./relay.ts";
import { type SeenReply, watchReplies } from "./seen-replies.ts";

/** A request's row as the admin API tells it, as far as the tests look into it. */
export interface LedgerRow {
  readonly outcome: string;
  readonly status: number | null;
  readonly requestedModel: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly usage: Pick<Usage, "source" | "tokens">;
  readonly cost: { readonly state: string };
  readonly attempts: readonly { readonly endpointId: string; readonly status: number | null }[];
  readonly journal: readonly { readonly note?: string }[];
}

/** Fake provider, relay and the gateway as `farthing start` runs it, each a process of its own but for the relay. */
export interface Stack {
  /** Base of the traffic listener, without `/v1`. */
  readonly origin: string;
  /** The key that the gateway printed at its first start. */
  readonly localKey: string;
  readonly relay: Relay;
  /** Responses that clients of this process got. */
  readonly replies: readonly SeenReply[];
  /** The row of a request; null while there is none. */
  record(requestId: string): Promise<LedgerRow | null>;
  /** What the gateway wrote to its log. */
  log(): string;
  stop(): Promise<void>;
}

/** What a stack may have other than the usual. */
export interface StackOptions {
  /** Only these providers. */
  readonly only?: readonly ProviderName[];
  /** YAML of the config's `routes`. */
  readonly routes?: string;
  /** The config's `defaultProviders`; default: each vendor for its own dialects. */
  readonly defaults?: Readonly<Record<string, ProviderName>>;
}

const main: string = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));
const startMsMax = 30_000;

/** Local keys open every provider; retries are off, so that an error is one call. */
const usualRoutes = `
  - name: default
    retry: { enabled: false }
    targets:
      - { name: to-openai, when: { model: routed-to-openai }, use: [openai/gpt-4o-mini] }
      - { name: to-anthropic, when: { model: routed-to-anthropic }, use: [anthropic/claude-haiku-4-5] }
      - { name: to-google, when: { model: routed-to-google }, use: [google/gemini-2.5-flash] }
`;

const ownDefaults: Readonly<Record<string, ProviderName>> = {
  "openai-chat": "openai",
  "openai-responses": "openai",
  "anthropic-messages": "anthropic",
};

/** Starts everything on free ports. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const directory = mkdtempSync(join(tmpdir(), "farthing-clients-"));
  const fake = await startFakeProvider({ latency: "none" });
  const relay = await startRelay(fake.origin);
  const file = join(directory, "farthing.yaml");
  writeFileSync(file, configText(directory, relay.origin, options));
  const gateway = await startGateway(file);
  const token = readFileSync(join(directory, "admin-token"), "utf8").trim();
  return {
    origin: gateway.traffic,
    localKey: gateway.localKey,
    relay,
    replies: watchReplies(gateway.traffic),
    record: async (requestId) => {
      const url = `${gateway.admin}/v1/farthing/requests/${requestId}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      return response.status === 200 ? ((await response.json()) as LedgerRow) : null;
    },
    log: gateway.log,
    stop: async () => {
      await gateway.stop();
      await relay.stop();
      await fake.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configText(directory: string, origin: string, { only, routes, defaults = ownDefaults }: StackOptions): string {
  const lines = [
    'listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }',
    `dataDirectory: ${JSON.stringify(directory)}`,
    "providers:",
  ];
  for (const [id, row] of Object.entries(providers)) {
    if (only !== undefined && !only.includes(id as ProviderName)) continue;
    const dialects = row.saysDialects ? `, dialects: [${row.dialects.join(", ")}]` : "";
    const line = (name: string, key: string): string =>
      `  ${name}: { vendor: ${row.vendor}, baseUrl: ${JSON.stringify(origin)}, key: ${JSON.stringify(key)}${dialects} }`;
    lines.push(line(id, row.key));
    for (const name of Object.keys(scenarios) as ScenarioName[]) {
      lines.push(line(providerAt(id, name), scenarioKeyOf(id as ProviderName, name)));
    }
  }
  lines.push(`defaultProviders: ${JSON.stringify(defaults)}`);
  lines.push(`routes: ${routes ?? usualRoutes}`);
  return `${lines.join("\n")}\n`;
}

/** Name in the config of a provider where something goes wrong. */
export function providerAt(provider: string, scenario: ScenarioName): string {
  return `${provider}-${scenario}`;
}

interface Gateway {
  readonly traffic: string;
  readonly admin: string;
  readonly localKey: string;
  log(): string;
  stop(): Promise<void>;
}

async function startGateway(file: string): Promise<Gateway> {
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const child = spawn(process.execPath, [main, "start", "--config", file, "--json"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text: Buffer) => {
    if (log.length < 1_000_000) log += text.toString();
  });
  const { traffic, admin } = await readyLine(child, () => log);
  const key = await until(() => /fk_[a-z0-9]+_[A-Za-z0-9_-]{43}/.exec(log)?.[0]);
  return { traffic, admin, localKey: key, log: () => log, stop: () => end(child) };
}

/** The line on stdout that says where it listens. */
function readyLine(
  child: ChildProcess,
  log: () => string,
): Promise<{ readonly traffic: string; readonly admin: string }> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the gateway did not start within ${startMsMax} ms: ${log()}`));
    }, startMsMax);
    child.stdout?.on("data", (text: Buffer) => {
      output += text.toString();
      if (!output.includes("\n")) return;
      clearTimeout(timer);
      resolve(JSON.parse(output.slice(0, output.indexOf("\n"))) as { traffic: string; admin: string });
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the gateway ended with code ${code}: ${log()}`));
    });
  });
}

async function until<Value>(look: () => Value | undefined): Promise<Value> {
  for (let turn = 0; turn < 500; turn++) {
    const value = look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the gateway printed no local key");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
