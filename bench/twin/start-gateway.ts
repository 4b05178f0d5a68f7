import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataDirectory } from "../../src/assembly/data-directory.ts";
import { createKeyedDigests } from "../../src/assembly/access/keyed-digests.ts";
import { addLocalKey } from "../../src/assembly/access/local-keys.ts";
import { gatewayCommand, type ServerProcess, startServerProcess } from "../child-process.ts";

/** Everything that exists, switched on; what a rule does hangs on the task that the caller names. */
const routes = `  - name: insistent
    match: { task: [insist] }
    exactCache: { enabled: true }
    coalesce: { enabled: true }
    retry: { backoff: 5ms, retryAmbiguous: true }
  - name: everything
    exactCache: { enabled: true }
    coalesce: { enabled: true }
    retry: { backoff: 5ms }
    targets:
      - { name: routine-openai, when: { task: routine, model: "gpt-*" }, use: [openai/gpt-4o-mini] }
      - { name: routine-anthropic, when: { task: routine, model: "claude-*" }, use: [anthropic/claude-haiku-4-5] }
      - { name: careful-openai, when: { task: careful, model: "gpt-*" }, use: [openai/gpt-4o-mini, openai/gpt-4o] }
      - { name: careful-anthropic, when: { task: careful, model: "claude-*" }, use: [anthropic/claude-haiku-4-5, anthropic/claude-sonnet-4-5] }
      - { name: to-anthropic, when: { task: translate, model: "gpt-*" }, use: [anthropic/claude-haiku-4-5] }
      - { name: to-openai, when: { task: translate, model: "claude-*" }, use: [openai/gpt-4o-mini] }
`;

/** Budgets that everything fits into: they count, and change nothing. */
const budgets = `  - { name: money, usd: "100000.00", window: month, allowUnpriced: true }
  - { name: each-model, subject: { model: "*" }, requests: 10000000, window: day }
`;

/** A gateway process, and a key of its own for callers that hold none. */
export interface TwinGateway extends ServerProcess {
  readonly localKey: string;
}

/** Starts a real gateway before the provider at `origin`, its ledger in `directory`. */
export async function startTwinGateway(directory: string, origin: string): Promise<TwinGateway> {
  const file = join(directory, "farthing.yaml");
  const provider = (key: string): string => `{ baseUrl: ${JSON.stringify(origin)}, key: file:${key} }`;
  for (const vendor of ["openai", "anthropic"]) {
    writeFileSync(join(directory, `${vendor}.key`), `sk-server-${vendor}\n`, { mode: 0o600 });
  }
  writeFileSync(
    file,
    `listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0", allowOwnKeys: true }
dataDirectory: ${JSON.stringify(directory)}
providers:
  openai: ${provider("openai.key")}
  anthropic: ${provider("anthropic.key")}
budgets:
${budgets}routes:
${routes}`,
    { mode: 0o600 },
  );
  const { keysFile, secret } = openDataDirectory(directory);
  const localKey = addLocalKey(keysFile, createKeyedDigests(secret), { tenant: "twin" }).key;
  const server = await startServerProcess(gatewayCommand(file, "quiet"));
  return { ...server, localKey };
}
