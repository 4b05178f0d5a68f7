// `npm run prove -- NAME...`: claims about the whole gateway, checked from outside. Without a name all of them; `--quick`
// is the short version that the tests run.
import { printMeasurement, readFlags, type Result } from "../measurement.ts";
import { proveAborts } from "./aborts.ts";
import { proveBudgets } from "./budgets.ts";
import { proveCacheFreshness } from "./cache-freshness.ts";
import { proveCacheKill } from "./cache-kill.ts";
import { proveCacheScope } from "./cache-scope.ts";
import { proveCoalesce } from "./coalesce.ts";
import { proveCompliance } from "./compliance.ts";
import { proveConservation } from "./conservation.ts";
import { proveKill } from "./kill.ts";
import { proveLibraryEqualsGateway } from "./library-equals-gateway.ts";
import { proveLargeBodies } from "./large-bodies.ts";
import { proveMoney } from "./money.ts";
import { proveMutations } from "./mutations.ts";
import type { Proof } from "./proof.ts";
import { proveRedisFaults } from "./redis-faults.ts";
import { proveRollUps } from "./roll-ups.ts";
import { proveRoundTrip } from "./round-trip.ts";
import { proveStalledReaders } from "./stalled-readers.ts";
import { proveSyncOrder } from "./sync-order.ts";

const proofs: Readonly<Record<string, Proof>> = {
  money: proveMoney,
  conservation: proveConservation,
  coalesce: proveCoalesce,
  aborts: proveAborts,
  "stalled-readers": proveStalledReaders,
  kill: proveKill,
  "sync-order": proveSyncOrder,
  "roll-ups": proveRollUps,
  "round-trip": proveRoundTrip,
  mutations: proveMutations,
  "large-bodies": proveLargeBodies,
  "library-equals-gateway": proveLibraryEqualsGateway,
  budgets: proveBudgets,
  compliance: proveCompliance,
  "cache-freshness": proveCacheFreshness,
  "cache-kill": proveCacheKill,
  "cache-scope": proveCacheScope,
  "redis-faults": proveRedisFaults,
};

const words = process.argv.slice(2);
const names = words.filter((word) => word in proofs);
const flags = readFlags(words.filter((word) => !(word in proofs)));
const chosen = names.length > 0 ? names : Object.keys(proofs);
const results: Result[] = [];
for (const name of chosen) {
  process.stderr.write(`${name} ...\n`);
  const proof = proofs[name];
  if (proof !== undefined) results.push(...(await proof(flags)));
}
printMeasurement(
  { command: `prove ${chosen.join(" ")}`, seed: flags.seed, load: { quick: flags.quick }, results },
  flags,
);
