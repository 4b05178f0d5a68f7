import type { FarthingConfig } from "../spec/config.ts";
import type { DataDirectory } from "./data-directory.ts";
import type { KeyedDigests } from "./keyed-digests.ts";
import { addLocalKey, readLocalKeys } from "./local-keys.ts";

/**
 * Makes the first local key where the server holds a provider key and nobody could use it otherwise. Returns the lines that a
 * person has to read, now or never: the key's text is stored nowhere.
 */
export function prepareFirstStart(
  config: FarthingConfig,
  directory: DataDirectory,
  digests: KeyedDigests,
): readonly string[] {
  const notices: string[] = [];
  const held = config.endpoints.filter((endpoint) => endpoint.serverKey !== null).map((endpoint) => endpoint.id);
  if (held.length > 0 && readLocalKeys(directory.keysFile).length === 0) {
    const { key, id } = addLocalKey(directory.keysFile, digests, { tenant: "default" });
    notices.push(
      `Local key ${id}, shown this once: ${key}`,
      `Clients that send it in place of a provider key use the key held here for ${held.join(", ")}.`,
    );
  }
  if (directory.firstStart) notices.push(`The admin token is in ${directory.adminTokenFile}.`);
  return notices;
}
