import { loadConfig, type LoadConfigOptions, type LoadedConfig } from "../config/load-config.ts";
import { vendorRows } from "../providers/vendor-catalogue.ts";
import { checkPriceDocument } from "./prices/check-prices.ts";

export type { LoadedConfig };

/** Where a config comes from. The vendors are those that ship with Farthing. */
export type ReadConfigOptions = Omit<LoadConfigOptions, "vendors" | "checkPrices">;

/**
 * Reads a config file, or the defaults where there is none, with environment and overrides applied.
 * @throws FarthingError `config_invalid` listing every problem with its place and a fix.
 */
export function readConfig(options: ReadConfigOptions): LoadedConfig {
  return loadConfig({ ...options, vendors: vendorRows, checkPrices: checkPriceDocument });
}
