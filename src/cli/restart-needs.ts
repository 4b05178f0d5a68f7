import type { FarthingConfig } from "../spec/config.ts";

/** Settings that differ and are read only at the start, as the config names them. */
export function restartNeeds(inForce: FarthingConfig, next: FarthingConfig): string[] {
  const fixed: readonly (readonly [string, (config: FarthingConfig) => unknown])[] = [
    ["listen.traffic", (config) => config.traffic],
    ["listen.admin", (config) => config.admin],
    ["balancesDirectory", (config) => config.balancesDirectory],
    ["dataDirectory", (config) => config.dataDirectory],
    // Budgets follow at once; the daily sums are made anew at the next start.
    ["zone", (config) => config.zone],
    ["ledger.syncWaitMax", (config) => config.ledger.syncWaitMsMax],
    ["ledger.spoolRowsMax", (config) => config.ledger.spoolRowsMax],
    ["cache", (config) => ({ ...config.cache, cpuHourPicoUsd: String(config.cache?.cpuHourPicoUsd) })],
    ["bodies", (config) => config.bodies],
    ["ledger.retention", (config) => config.ledger.retentionDays],
  ];
  return fixed.filter(([, read]) => JSON.stringify(read(inForce)) !== JSON.stringify(read(next))).map(([name]) => name);
}
