import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataDirectory } from "../../src/assembly/data-directory.ts";
import { createKeyedDigests } from "../../src/assembly/access/keyed-digests.ts";
import { addLocalKey, type NewLocalKey } from "../../src/assembly/access/local-keys.ts";
import { backfill } from "../workload/backfill.ts";
import { localKeyTenant } from "../workload/features.ts";
import { bodiesKeyFile, serverKeyFile, serverKeys, writeDemoConfig, type DemoConfigFacts } from "./demo-config.ts";

/** What a gateway needs before it starts. */
export interface PreparedGateway {
  readonly configFile: string;
  /** Tenant -> the key that it calls this gateway with. */
  readonly localKeys: Readonly<Record<string, string>>;
  /** The key of the job that runs away: of the same tenant, and of a project that has a budget. */
  readonly backfillKey: string;
}

/** Calls models, tells what they were good for, and which documents changed. */
const tenantKey: NewLocalKey = { tenant: localKeyTenant, scopes: ["models", "outcomes", "cache"] };
const projectKey: NewLocalKey = {
  name: backfill.project,
  tenant: localKeyTenant,
  project: backfill.project,
  scopes: ["models"],
  models: [backfill.model],
};

/** Puts config, the server's provider keys and two local keys into the data directory, readable by its owner only. */
export function prepareGateway(facts: DemoConfigFacts): PreparedGateway {
  const { dataDirectory } = facts;
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  for (const [vendor, key] of Object.entries(serverKeys)) {
    writeFileSync(join(dataDirectory, serverKeyFile(vendor)), `${key}\n`, { mode: 0o600 });
  }
  writeFileSync(join(dataDirectory, bodiesKeyFile), `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  const configFile = join(dataDirectory, "farthing.yaml");
  writeFileSync(configFile, writeDemoConfig(facts), { mode: 0o600 });
  const localKeys = { [localKeyTenant]: makeLocalKey(dataDirectory, tenantKey) };
  return { configFile, localKeys, backfillKey: makeLocalKey(dataDirectory, projectKey) };
}

/** As `farthing keys create` makes one. */
function makeLocalKey(dataDirectory: string, wanted: NewLocalKey): string {
  const { keysFile, secret } = openDataDirectory(dataDirectory);
  return addLocalKey(keysFile, createKeyedDigests(secret), wanted).key;
}
