import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createKeyedDigests } from "../assembly/access/keyed-digests.ts";
import { addLocalKey } from "../assembly/access/local-keys.ts";
import type { KeyScope } from "../spec/config.ts";
import type { RunningGateway } from "./server.ts";

/** Makes a local key of a running gateway, which takes it at once. */
export function addKey(gateway: RunningGateway, tenant: string, scopes?: readonly KeyScope[]): string {
  const { config } = gateway.engine;
  const digests = createKeyedDigests(readFileSync(join(config.dataDirectory, "scope-secret"), "utf8").trim());
  const wish = { tenant, ...(scopes === undefined ? {} : { scopes }) };
  const { key } = addLocalKey(join(config.dataDirectory, "keys.json"), digests, wish);
  gateway.reload({ ...config, generation: config.generation + 1 });
  return key;
}
