import { FarthingError } from "../kit/farthing-error.ts";
import { type LoadedConfig, readConfig } from "../assembly/read-config.ts";
import { configFileOf } from "../assembly/operation.ts";

/** A config file by its path. */
export type LibraryConfig = string;

/**
 * The config of a Farthing in this process; absent, the one that the command line would take.
 * @throws FarthingError `config_invalid` listing every problem with its place and a fix.
 */
export function readLibraryConfig(
  config: LibraryConfig | undefined,
  env: Readonly<Record<string, string | undefined>>,
): LoadedConfig {
  if (config !== undefined && typeof config !== "string") {
    throw new FarthingError("config_invalid", "The config must be the path of a farthing.yaml.");
  }
  return readConfig({ file: configFileOf(config === undefined ? {} : { config }), env, generation: 1 });
}
