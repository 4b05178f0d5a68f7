import { loadForCommand, readBudgetLines } from "../../src/assembly/operation.ts";
import { readLedgerEconomics, readLedgerWaste } from "../../src/assembly/outcomes/outcomes-reports.ts";
import { alertsFiringNow, type ShownAlert } from "../../src/assembly/alerts/alerts-once.ts";
import type { Economics } from "../../src/spec/economics.ts";
import type { Waste } from "../../src/spec/waste.ts";
import { backfill } from "../workload/backfill.ts";

/** What `farthing economics`, `waste`, `alerts` and `budgets` read from the run's data directory. */
export interface CommandReports {
  readonly economics: Economics;
  readonly waste: Waste;
  readonly alerts: readonly ShownAlert[];
  /** Spent of the backfill's budget, by its balance. */
  readonly balancePicoUsd: bigint;
}

/** A gateway tells the store of balances four times a second what was used; this is how long that is waited for. */
const waitMsMax = 3_000;
const pollMs = 50;

/** Reads what the commands read, while the gateway runs; the balance is waited for until it is `expectedPicoUsd`. */
export async function readReports(
  configFile: string,
  fromMs: number,
  expectedPicoUsd: bigint,
): Promise<CommandReports> {
  const { config } = loadForCommand({ config: configFile }, {});
  const giveUpAt = performance.now() + waitMsMax;
  let balancePicoUsd = 0n;
  for (;;) {
    const line = readBudgetLines(config, Date.now()).find(({ budget }) => budget.name === backfill.project);
    balancePicoUsd = line?.spent ?? 0n;
    if (balancePicoUsd === expectedPicoUsd || performance.now() > giveUpAt) break;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const nowMs = Date.now();
  const { dataDirectory } = config;
  return {
    economics: readLedgerEconomics(dataDirectory, fromMs, nowMs + 1, "kind"),
    waste: readLedgerWaste(dataDirectory, fromMs, nowMs + 1),
    alerts: alertsFiringNow(config, nowMs),
    balancePicoUsd,
  };
}
