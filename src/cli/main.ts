#!/usr/bin/env node
import { runCli } from "./run-cli.ts";
import { createTerminal } from "./terminal.ts";

// A reader that has seen enough (`farthing report | head`) closes the pipe; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), createTerminal(process.stdout, process.stderr, process.env));
