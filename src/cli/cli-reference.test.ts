import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { exitCodes } from "./exit-codes.ts";
import { buildProgram } from "./run-cli.ts";
import { createTerminal } from "./terminal.ts";

const page = readFileSync(new URL("../../docs/reference/cli.md", import.meta.url), "utf8");
const firstCells = [...page.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? "");
const quiet = { write: () => true };

function commandsOf(command: Command, path: string): [string, Command][] {
  const inner = command.commands.filter((child) => child.name() !== "help");
  if (inner.length === 0) return [[path, command]];
  return inner.flatMap((child) => commandsOf(child, `${path} ${child.name()}`));
}

const commands = commandsOf(buildProgram(createTerminal(quiet, quiet, {})), "farthing");

describe("docs/reference/cli.md", () => {
  it("has every command, and no other", () => {
    const told = firstCells.filter((cell) => cell.startsWith("farthing"));
    expect(told.toSorted()).toEqual(commands.map(([path]) => path).toSorted());
  });

  it("has every flag with the commands that take it, and no other", () => {
    const takers = new Map<string, string[]>();
    for (const [path, command] of commands) {
      for (const { flags } of command.options) {
        takers.set(flags, [...(takers.get(flags) ?? []), path.replace("farthing ", "")]);
      }
    }
    for (const everywhere of ["-c, --config <file>", "--data-dir <directory>"]) {
      expect(page).toContain(`\`${everywhere}\``);
      takers.delete(everywhere);
    }
    const told = [...page.matchAll(/^\| `((?:-\w, )?--[^`]+)`\s*\| ([^|]+)\|/gm)].map((match) => [
      match[1],
      match[2]?.trim().split(", ").toSorted(),
    ]);
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries([...takers].map(([flags, names]) => [flags, names.toSorted()])),
    );
  });

  it("has every exit code", () => {
    expect(firstCells.filter((cell) => /^\d+$/.test(cell)).map(Number)).toEqual(Object.values(exitCodes));
  });
});
