#!/usr/bin/env node
import { nodeProblem } from "./node-version.ts";

// A reader that has seen enough (`farthing report | head`) closes the pipe; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const problem = nodeProblem(process.versions.node);
if (problem === null) {
  // Imported behind the check: an old Node fails on the syntax of these before it could say why.
  const [{ runCli }, { createTerminal }] = await Promise.all([import("./run-cli.ts"), import("./terminal.ts")]);
  process.exitCode = await runCli(process.argv.slice(2), createTerminal(process.stdout, process.stderr, process.env));
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
