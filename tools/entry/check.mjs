// `npm run check`: format, lint, types, tidy, unused. Stops at the first that fails.
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
const steps = [
  ["format", ["node_modules/oxfmt/bin/oxfmt", "--check", "."]],
  ["lint", ["node_modules/oxlint/bin/oxlint", "--deny-warnings"]],
  ["types", ["node_modules/typescript/bin/tsc", "--noEmit"]],
  ["tidy", ["node_modules/vitest/vitest.mjs", "run", "checks", "--reporter=dot"]],
  ["unused", ["node_modules/knip/bin/knip.js", "--no-progress"]],
];
for (const [name, arguments_] of steps) {
  const code = await runNode(arguments_);
  if (code !== 0) {
    process.stderr.write(`check: ${name} failed${name === "format" ? " (npm run format mends it)" : ""}\n`);
    process.exitCode = code;
    break;
  }
}
