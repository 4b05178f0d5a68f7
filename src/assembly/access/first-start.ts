import type { FarthingConfig } from "../../spec/config.ts";
import type { DataDirectory } from "../data-directory.ts";
import type { KeyedDigests } from "./keyed-digests.ts";
import { servesLocalKeys } from "../first-target.ts";
import { addLocalKey, readLocalKeys } from "./local-keys.ts";

/**
 * Makes the first local key where a provider serves local keys and nobody could use it otherwise. Returns the lines that a
 * person has to read, now or never: the key's text is stored nowhere.
 */
export function prepareFirstStart(
  config: FarthingConfig,
  directory: DataDirectory,
  digests: KeyedDigests,
): readonly string[] {
  const notices: string[] = [];
  const served = config.endpoints.filter(servesLocalKeys).map((endpoint) => endpoint.id);
  if (served.length > 0 && readLocalKeys(directory.keysFile).length === 0) {
    const { key, id } = addLocalKey(directory.keysFile, digests, { tenant: "default" });
    notices.push(
      `Local key ${id}, shown this once: ${key}`,
      `Clients that send it in place of a provider key need none of their own for ${served.join(", ")}.`,
    );
  }
  if (directory.firstStart) notices.push(`The admin token is in ${directory.adminTokenFile}.`);
  return notices;
}
