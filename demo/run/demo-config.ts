import { backfill } from "../workload/backfill.ts";
import { cacheTasks, pureTool, staleTtlMs } from "../workload/cache-step.ts";
import { askedModel, easyTargets } from "../workload/features.ts";
import type { RowDialect } from "../workload/workload-row.ts";
import { shortTokensMax } from "../workload/prompt-sizes.ts";

/** What the written config names. */
export interface DemoConfigFacts {
  readonly trafficPort: number;
  readonly adminPort: number;
  readonly dataDirectory: string;
  /** `http://127.0.0.1:PORT` of the fake provider. */
  readonly providerOrigin: string;
}

/** The server's own provider keys; the fake provider takes any. */
export const serverKeys: Readonly<Record<"openai" | "anthropic", string>> = {
  openai: "sk-server-openai",
  anthropic: "sk-server-anthropic",
};

/** Where the secret lies that kept bodies are encrypted with, beside the config. */
export const bodiesKeyFile = "bodies.key";

/** Where the server's key for a vendor lies, beside the config. */
export function serverKeyFile(vendor: string): string {
  return `${vendor}.key`;
}

/** The demo's `farthing.yaml`: a config as anybody would write it, but for the address of the providers. */
export function writeDemoConfig(facts: DemoConfigFacts): string {
  const openai = `{ model: [${askedModel["openai-chat"]}], `;
  const anthropic = `{ model: [${askedModel["anthropic-messages"]}], `;
  const cheapOpenai = targetList("openai-chat");
  const cheapAnthropic = targetList("anthropic-messages");
  const short = `task: [qa, summary], promptTokensMax: ${shortTokensMax} }`;
  return `# The config of the demo's gateway, written by npm start. It is read again when it changes: try enabled: false below.
listen:
  traffic: 127.0.0.1:${facts.trafficPort}
  admin: 127.0.0.1:${facts.adminPort}
dataDirectory: ${JSON.stringify(facts.dataDirectory)}

# Both vendors are played by the fake provider. Without baseUrl these lines would mean the real ones. The keys are the
# server's, for callers with a local key (fk_...); a caller's own key goes to its own vendor and nowhere else.
providers:
  openai: { baseUrl: ${JSON.stringify(facts.providerOrigin)}, key: file:${serverKeyFile("openai")} }
  anthropic: { baseUrl: ${JSON.stringify(facts.providerOrigin)}, key: file:${serverKeyFile("anthropic")} }

# What a job may spend that nobody watches: refused before anything is sent, once a call might cost more than is left.
budgets:
  - { name: ${backfill.project}, subject: { project: ${backfill.project} }, usd: "${backfill.limitUsd}", window: "sliding: 24h" }

# A store that is slow is left aside at once; here the wait is long, so that a busy machine does not change the table.
cache: { waitMax: 2s }

# Requests and replies of compliance routes are kept in full, encrypted with this key.
bodies: { key: file:${bodiesKeyFile} }

# A request takes the first route that matches. Callers name their task in the header x-farthing-task.
routes:
  # Never cached, never shared, never sent to another model; recorded, and kept in full.
  - name: compliance
    match: { task: [compliance] }
    compliance: true

  # Five small routes that try the answer caches, each in one way; requests for them come after the others.
  - name: folded
    match: { task: [${cacheTasks.folded}] }
    exactCache: { enabled: true, normalised: true }
  - name: private
    match: { task: [${cacheTasks.private}] }
    exactCache: { enabled: true, isolation: user }
  - name: tools
    match: { task: [${cacheTasks.tools}] }
    exactCache: { enabled: true, pureTools: [${pureTool}] }
  - name: documents
    match: { task: [${cacheTasks.documents}] }
    exactCache: { enabled: true, contentClass: corpus }
  - name: stale
    match: { task: [${cacheTasks.stale}] }
    exactCache: { enabled: true, ttl: ${staleTtlMs}ms, staleFor: 1m }

  - name: everyday
    exactCache: { enabled: true, ttl: 1h }
    coalesce: { enabled: true }
    # The operator's own word, not a measurement: easy and short work goes to the cheapest smaller model that the caller's key
    # reaches. What was asked of Anthropic may go to OpenAI, translated there and back; that takes a local key, so own keys
    # fall to the second. Everything else (code, long documents) is answered by the model that was asked for.
    targets:
      - { name: labels-openai, when: ${openai}task: [classification] }, use: ${cheapOpenai} }
      - { name: labels-anthropic, when: ${anthropic}task: [classification] }, use: ${cheapAnthropic} }
      - { name: short-openai, when: ${openai}${short}, use: ${cheapOpenai} }
      - { name: short-anthropic, when: ${anthropic}${short}, use: ${cheapAnthropic} }
`;
}

function targetList(dialect: RowDialect): string {
  return `[${easyTargets[dialect].map(({ vendor, model }) => `${vendor}/${model}`).join(", ")}]`;
}
