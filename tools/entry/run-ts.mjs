// `node tools/entry/run-ts.mjs FILE ...`: runs one TypeScript file of the repository (benchmarks, long checks).
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
process.exitCode = await runNode(process.argv.slice(2));
