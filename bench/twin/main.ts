// `npm run bench:twin`: the same requests straight to a provider and through a gateway to its twin. The difference of the two
// invoices has to be what the ledger says was saved. `--requests N`; `--length-bias S`: small models' answers are longer by S.
import { printMeasurement, readFlags } from "../measurement.ts";
import { judgeTwins } from "./judge.ts";
import { planGroups } from "./plan.ts";
import { renderTwins } from "./render.ts";
import { lengthSpread, runTwins } from "./run-twins.ts";

function takeNumber(words: string[], name: string, fallback: number): number {
  const at = words.indexOf(name);
  if (at < 0) return fallback;
  const [, value] = words.splice(at, 2);
  if (value === undefined || !Number.isFinite(Number(value))) {
    process.stderr.write(`${name} takes a number\n`);
    process.exit(2);
  }
  return Number(value);
}

const words = process.argv.slice(2);
const requestsGiven = takeNumber(words, "--requests", 0);
const lengthBias = takeNumber(words, "--length-bias", 0);
const flags = readFlags(words);
const requests = requestsGiven > 0 ? requestsGiven : flags.quick ? 1_000 : 10_000;
process.stderr.write(`twin run: ${requests} requests to each side ...\n`);
const sides = await runTwins(flags.seed, planGroups(flags.seed, requests), lengthBias);
if (!flags.json) process.stdout.write(`${renderTwins(sides.groups).join("\n")}\n\n`);
const load = { requests, lengthSpread, lengthBias, directSeconds: sides.seconds[0], throughSeconds: sides.seconds[1] };
printMeasurement({ command: "bench:twin", seed: flags.seed, load, results: judgeTwins(sides, flags.quick) }, flags);
