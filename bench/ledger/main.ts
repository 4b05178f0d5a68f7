// `npm run bench:ledger`: what writing, folding and reading the ledger costs.
import { printMeasurement, readFlags } from "../measurement.ts";
import { measurePanels } from "./measure-panels.ts";
import { measureWrites } from "./measure-writes.ts";
import { shape } from "./sample-rows.ts";

const flags = readFlags(process.argv.slice(2));
const rows = flags.quick ? 250_000 : 5_000_000;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
say("writing batches ...");
const writes = measureWrites(flags.quick ? 2 : 5, flags.quick ? 40 : 200);
const panels = measurePanels(rows, flags.quick ? 5 : 20, say);
printMeasurement(
  {
    command: "bench:ledger",
    seed: flags.seed,
    load: { rows, quick: flags.quick, ...shape },
    results: [...writes, ...panels],
  },
  flags,
);
