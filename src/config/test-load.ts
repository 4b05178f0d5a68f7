import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoadConfigOptions, type LoadedConfig, loadConfig } from "./load-config.ts";
import { testVendors } from "./test-vendors.ts";

/** A folder of its own. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), "farthing-config-"));
}

/** Writes a config into a folder of its own; returns its path. */
export function writeConfig(text: string, folder: string = makeFolder()): string {
  const file = join(folder, "farthing.yaml");
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

/** Loads a config text. */
export function loadText(
  text: string,
  env: LoadConfigOptions["env"] = {},
  vendors: LoadConfigOptions["vendors"] = testVendors,
): LoadedConfig {
  return loadConfig({ file: writeConfig(text), env, generation: 1, vendors });
}

/** What is wrong with a config text, one line each, the folder left out; empty when nothing is. */
export function problemsOf(text: string, env: LoadConfigOptions["env"] = {}): string[] {
  const folder = makeFolder();
  try {
    loadConfig({ file: writeConfig(text, folder), env, generation: 1, vendors: testVendors });
    return [];
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, "").split("\n");
  }
}
