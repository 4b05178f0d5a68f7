// `npm run check`: format, lint, types, tidy, unused, and that what is published builds. Stops at the first that fails.
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
const steps = [
  ["format", ["node_modules/oxfmt/bin/oxfmt", "--check", "."]],
  ["lint", ["node_modules/oxlint/bin/oxlint", "--deny-warnings"]],
  ["types", ["node_modules/typescript/bin/tsc", "--noEmit"]],
  ["dashboard", ["tools/entry/check-dashboard.mjs"]],
  ["tidy", ["node_modules/vitest/vitest.mjs", "run", "checks", "--reporter=dot"]],
  ["unused", ["node_modules/knip/bin/knip.js", "--no-progress"]],
  ["build", ["tools/entry/build.mjs"]],
  ["package", ["node_modules/publint/src/cli.js", "--strict"]],
];
for (const [name, arguments_] of steps) {
  const code = await runNode(arguments_);
  if (code !== 0) {
    process.stderr.write(`check: ${name} failed${name === "format" ? " (npm run format mends it)" : ""}\n`);
    process.exitCode = code;
    break;
  }
}
