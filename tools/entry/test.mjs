// `npm test`: every test beside the sources, and the checks of the house; then the short proofs by themselves, because
// they measure times and memory of whole processes. With arguments: one run of vitest with them.
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
const vitest = ["node_modules/vitest/vitest.mjs", "run"];
const given = process.argv.slice(2);
const runs =
  given.length > 0
    ? [given]
    : [
        ["--project", "pure", "--project", "rest"],
        ["--project", "proofs"],
      ];
for (const arguments_ of runs) {
  const code = await runNode([...vitest, ...arguments_]);
  if (code !== 0) process.exitCode = code;
}
