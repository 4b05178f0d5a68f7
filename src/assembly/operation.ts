import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { ConfigError, type ConfigProblem, formatProblem } from "../config/config-problem.ts";
import { type AccessDocument, loadAccess } from "../config/load-access.ts";
import { type LoadedConfig, loadConfig } from "../config/load-config.ts";
import { parseDuration } from "../config/parse-duration.ts";
import { describeConfig, printConfig } from "../config/print-config.ts";
import { configJsonSchema } from "../config/print-schema.ts";
import { appliedBudgetsFile } from "../config/resolve-budgets.ts";
import { priceUpdateFile } from "../config/resolve-prices.ts";
import { type ConfigWatch, watchConfig } from "../config/watch-config.ts";
import type { FarthingError } from "../kit/farthing-error.ts";
import type { FarthingConfig, NetworkSettings } from "../spec/config.ts";
import { goesThroughProxy } from "../providers/transport/proxy-rules.ts";
import { vendorRows } from "../providers/vendor-catalogue.ts";
import type { StoredRequest } from "../spec/ledger.ts";
import type { SizeForecast } from "../spec/report.ts";
import { ledgerFile } from "../stores/sqlite/data-directory.ts";
import { readBalances } from "../stores/sqlite/limits/read-balances.ts";
import { findRequest } from "../stores/sqlite/requests/find-request.ts";
import { forecastSize } from "../stores/sqlite/ledger/forecast-size.ts";
import { schemaSteps } from "../stores/sqlite/schema.ts";
import { type BudgetLine, budgetLines, firstWindowStart } from "./budgets/budget-lines.ts";
import { checkPriceDocument } from "./prices/check-prices.ts";

export type { LoadedConfig };

/** Where a command's config comes from. */
export interface ConfigFlags {
  readonly config?: string;
  readonly listen?: string;
  readonly listenAdmin?: string;
  readonly dataDir?: string;
}

/** File that is taken when no flag names one. */
export const usualConfigFile = "farthing.yaml";

/** The file a command reads: the one named, else `./farthing.yaml` if it is there, else none. */
export function configFileOf(flags: ConfigFlags): string | null {
  if (flags.config !== undefined) return flags.config;
  return existsSync(usualConfigFile) ? usualConfigFile : null;
}

/**
 * Loads the config a command is about.
 * @throws FarthingError `config_invalid` listing every problem.
 */
export function loadForCommand(
  flags: ConfigFlags,
  env: Readonly<Record<string, string | undefined>>,
  generation = 1,
): LoadedConfig {
  return loadConfig({
    file: configFileOf(flags),
    env,
    overrides: {
      ...(flags.listen === undefined ? {} : { listen: flags.listen }),
      ...(flags.listenAdmin === undefined ? {} : { listenAdmin: flags.listenAdmin }),
      ...(flags.dataDir === undefined ? {} : { dataDirectory: flags.dataDir }),
    },
    generation,
    vendors: vendorRows,
    checkPrices: checkPriceDocument,
  });
}

/** What is wrong with a config, and what is only odd. */
export interface ConfigVerdict {
  readonly file: string | null;
  readonly problems: readonly (ConfigProblem & { readonly text: string })[];
  readonly warnings: readonly string[];
}

/** Checks the config a command would load, without failing. */
export function checkConfig(flags: ConfigFlags, env: Readonly<Record<string, string | undefined>>): ConfigVerdict {
  const file = configFileOf(flags);
  try {
    return { file, problems: [], warnings: loadForCommand(flags, env).warnings };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map((problem) => ({ ...problem, text: formatProblem(problem) }));
    return { file, problems, warnings: [] };
  }
}

/** The config in force as YAML or JSON text, secrets as `***`. */
export function configText(config: FarthingConfig, format: "yaml" | "json"): string {
  return format === "json" ? JSON.stringify(describeConfig(config), null, 2) : printConfig(config).trimEnd();
}

/** JSON Schema of the config file as text. */
export function configSchemaText(): string {
  return JSON.stringify(configJsonSchema(), null, 2);
}

/**
 * Reads the file of `farthing apply`; budgets that name no zone have the config's.
 * @throws FarthingError `config_invalid` listing every problem.
 */
export function readAccess(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  config: FarthingConfig,
): AccessDocument {
  return loadAccess(file, env, config.zone ?? "UTC");
}

/**
 * Every account of the config's budgets, as the store of balances has it now.
 * @throws FarthingError `config_invalid` when the store is another version's.
 */
export function readBudgetLines(config: FarthingConfig, nowMs: number): readonly BudgetLine[] {
  const { budgets = [], dataDirectory, balancesDirectory = dataDirectory } = config;
  if (budgets.length === 0) return [];
  return budgetLines(budgets, readBalances(balancesDirectory, firstWindowStart(budgets, nowMs)), nowMs);
}

/** What a running gateway is told of its config's changes. */
export interface ConfigListener {
  readonly onConfig: (loaded: LoadedConfig) => void;
  readonly onProblems: (error: FarthingError) => void;
}

/** True when the gateway reaches an origin through the config's proxy. */
export function isProxied(origin: string, network: Pick<NetworkSettings, "httpsProxy" | "noProxy">): boolean {
  return network.httpsProxy !== null && goesThroughProxy(origin, network.noProxy);
}

/** Watches the config's file, its price files, the local keys, applied budgets and taken prices, so that a revoked key ends within two seconds. */
export function watchForCommand(
  flags: ConfigFlags,
  env: Readonly<Record<string, string | undefined>>,
  config: FarthingConfig,
  listener: ConfigListener,
): ConfigWatch {
  const keysFile = join(config.dataDirectory, "keys.json");
  const kept = [keysFile, appliedBudgetsFile(config.dataDirectory), priceUpdateFile(config.dataDirectory)];
  const fixed = config.file === null ? kept : [config.file, ...kept];
  let priceFiles = config.priceFiles ?? [];
  return watchConfig({
    files: () => [...fixed, ...priceFiles],
    // A config from a file stays with that file: one that vanished is a problem, not a return to the defaults.
    load: (generation) => {
      try {
        const loaded = loadForCommand(
          config.file === null ? flags : { ...flags, config: config.file },
          env,
          generation,
        );
        priceFiles = loaded.config.priceFiles ?? [];
        return loaded;
      } catch (error) {
        // A price file that is wrong may not be among those in force yet; its correction has to be seen too.
        if (error instanceof ConfigError) priceFiles = withSources(priceFiles, error);
        throw error;
      }
    },
    generation: config.generation,
    ...listener,
  });
}

function withSources(files: readonly string[], error: ConfigError): readonly string[] {
  const sources = error.problems.map((problem) => problem.source).filter(isAbsolute);
  return [...new Set([...files, ...sources])];
}

/**
 * A ledger record by our id or one of the provider's; null when there is none.
 * @throws FarthingError `not_found` when the directory has no ledger yet.
 */
export function findRequestIn(directory: string, anyId: string): Promise<StoredRequest | null> {
  return findRequest({ directory, anyId });
}

/**
 * Size of a directory's ledger now and at full retention; null when there is none yet. Reads the whole file once.
 * @throws FarthingError `config_invalid` when its schema is another version's, or the file is no ledger.
 */
export function forecastLedger(config: FarthingConfig, nowMs: number): SizeForecast | null {
  const { dataDirectory, ledger } = config;
  if (!existsSync(ledgerFile(dataDirectory))) return null;
  return forecastSize({ directory: dataDirectory, retentionDays: ledger.retentionDays, nowMs });
}

/** Version of the ledger's schema that this Farthing writes. */
export const ledgerSchemaVersion: number = schemaSteps.length;

/** Milliseconds of a duration such as `24h` or `7d`; null when the text is none. */
export function readDuration(text: string): number | null {
  return parseDuration(text);
}
