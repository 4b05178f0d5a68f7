// `npm run farthing -- ...`: the command line, from the sources.
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
process.exitCode = await runNode(["src/cli/main.ts", ...process.argv.slice(2)]);
