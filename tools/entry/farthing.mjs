// `npm run farthing -- ...`: the command line, from the sources.
import { ensureDashboard } from "./ensure-dashboard.mjs";
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
// Only that command serves it.
if (process.argv[2] === "start") ensureDashboard();
process.exitCode = await runNode(["src/cli/main.ts", ...process.argv.slice(2)]);
