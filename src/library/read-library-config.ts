import { type LoadedConfig, readConfig } from "../assembly/read-config.ts";
import { configFileOf } from "../assembly/operation.ts";

/** A config file by its path, or its document. */
export type LibraryConfig = string | object;

/**
 * The config of a Farthing in this process; absent, the one that the command line would take.
 * @throws FarthingError `config_invalid` listing every problem with its place and a fix.
 */
export function readLibraryConfig(
  config: LibraryConfig | undefined,
  env: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  if (typeof config === "object") return readConfig({ file: null, document: config, env, generation: 1 });
  return readConfig({ file: configFileOf(config === undefined ? {} : { config }), env, generation: 1 });
}
