import type { Economics } from "../../spec/economics.ts";
import type { Waste } from "../../spec/waste.ts";
import { readEconomics } from "../../stores/sqlite/reports/read-economics.ts";
import { readWaste } from "../../stores/sqlite/reports/read-waste.ts";

/** See `readEconomics` for what it throws. */
export function readLedgerEconomics(directory: string, fromMs: number, toMs: number, by: string): Economics {
  return readEconomics({ directory, fromMs, toMs, by });
}

/** See `readWaste` for what it throws. */
export function readLedgerWaste(directory: string, fromMs: number, toMs: number): Waste {
  return readWaste({ directory, fromMs, toMs });
}
