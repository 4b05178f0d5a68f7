import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDataDirectory } from "../../src/assembly/data-directory.ts";
import { createKeyedDigests } from "../../src/assembly/keyed-digests.ts";
import { addLocalKey } from "../../src/assembly/local-keys.ts";
import { localKeyTenant } from "../workload/features.ts";
import { serverKeyFile, serverKeys, writeDemoConfig, type DemoConfigFacts } from "./demo-config.ts";

/** What a gateway needs before it starts. */
export interface PreparedGateway {
  readonly configFile: string;
  /** Tenant -> the key that it calls this gateway with. */
  readonly localKeys: Readonly<Record<string, string>>;
}

/** Puts config, the server's provider keys and a local key into the data directory, readable by its owner only. */
export function prepareGateway(facts: DemoConfigFacts): PreparedGateway {
  const { dataDirectory } = facts;
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  for (const [vendor, key] of Object.entries(serverKeys)) {
    writeFileSync(join(dataDirectory, serverKeyFile(vendor)), `${key}\n`, { mode: 0o600 });
  }
  const configFile = join(dataDirectory, "farthing.yaml");
  writeFileSync(configFile, writeDemoConfig(facts), { mode: 0o600 });
  return { configFile, localKeys: { [localKeyTenant]: makeLocalKey(dataDirectory, localKeyTenant) } };
}

/** As `farthing keys create` makes one. */
function makeLocalKey(dataDirectory: string, tenant: string): string {
  const { keysFile, secret } = openDataDirectory(dataDirectory);
  return addLocalKey(keysFile, createKeyedDigests(secret), { tenant }).key;
}
