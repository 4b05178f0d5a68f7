import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startUpstream, type Upstream } from "../gateway/test-gateway.ts";
import { createMemoryLedger, type MemoryLedger } from "../stores/memory/test-ledger.ts";
import { createFarthing, type Farthing, type FarthingOptions } from "./create-farthing.ts";

/** A Farthing in this process before an upstream of the test's own, with a ledger in memory. */
export interface TestLibrary {
  readonly farthing: Farthing;
  readonly upstream: Upstream;
  readonly ledger: MemoryLedger;
  readonly log: object[];
  stop(): Promise<void>;
}

/** What a test changes of the usual library. */
export interface TestLibraryOptions {
  /** YAML below the providers. */
  readonly more?: string;
  /** A provider key that the server holds. */
  readonly serverKey?: string;
  readonly options?: FarthingOptions;
}

/** Starts an upstream and a library whose providers all lead to it. */
export async function startTestLibrary({
  more = "",
  serverKey,
  options,
}: TestLibraryOptions = {}): Promise<TestLibrary> {
  const upstream = await startUpstream();
  const directory = mkdtempSync(join(tmpdir(), "farthing-library-"));
  const config = writeLibraryConfig(directory, upstream.origin, more, serverKey);
  const ledger = createMemoryLedger();
  const log: object[] = [];
  const farthing = await createFarthing({
    config,
    env: {},
    log: (line) => log.push(line),
    engineOptions: { ledger },
    ...options,
  });
  return {
    farthing,
    upstream,
    ledger,
    log,
    stop: async () => {
      await farthing.close();
      await upstream.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Writes a config that reaches `origin` and nothing else; returns the file. */
export function writeLibraryConfig(directory: string, origin: string, more = "", serverKey?: string): string {
  const file = join(directory, "farthing.yaml");
  const provider = JSON.stringify({ baseUrl: origin, ...(serverKey === undefined ? {} : { key: serverKey }) });
  const lines = ["dataDirectory: .", "providers:", `  openai: ${provider}`, `  anthropic: ${provider}`, more];
  writeFileSync(file, lines.join("\n"), { mode: 0o600 });
  return file;
}

/** What `fetch` is given for a small chat call with an own key. */
export function chatInit(changes: object = {}, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { authorization: "Bearer sk-own", "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }], ...changes }),
  };
}

/** Where a client that knows nothing of Farthing sends its chat calls. */
export const chatUrl = "https://api.openai.com/v1/chat/completions";
