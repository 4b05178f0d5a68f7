import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCli } from "./run-cli.ts";
import { createTerminal } from "./terminal.ts";

/** What a command left behind. */
export interface RunResult {
  readonly code: number | null;
  readonly out: string;
  readonly talk: string;
}

/** A command under way. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves when stdout or stderr holds the text; rejects when the command ends first. */
  until(text: string): Promise<void>;
  readonly result: Promise<RunResult>;
  /** What stands on the streams until now. */
  out(): string;
  talk(): string;
}

const main = fileURLToPath(new URL("main.ts", import.meta.url));

/** A folder of its own. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), "farthing-cli-"));
}

/** A folder with this config in it. */
export function folderWith(config: string): string {
  const folder = makeFolder();
  writeFileSync(join(folder, "farthing.yaml"), config, { mode: 0o600 });
  return folder;
}

/** Starts the command line as its own process, in `folder`, with nothing of our own environment but what it needs. */
export function startCommand(
  words: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): RunningCommand {
  const child = spawn(process.execPath, [main, ...words], {
    cwd: folder,
    env: { HOME: folder, PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let talk = "";
  const waiting = new Set<() => void>();
  const heard = (): void => waiting.forEach((check) => check());
  child.stdout.setEncoding("utf8").on("data", (text: string) => ((out += text), heard()));
  child.stderr.setEncoding("utf8").on("data", (text: string) => ((talk += text), heard()));
  const result = new Promise<RunResult>((resolve) => {
    child.on("close", (code) => resolve({ code, out, talk }));
  });
  const until = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!(out + talk).includes(text)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      child.on("close", () => reject(new Error(`ended before it said ${text}:\n${out}${talk}`)));
      check();
    });
  return { child, until, result, out: () => out, talk: () => talk };
}

/** Runs a command in this process: quicker, and all the same but for the process itself. */
export async function runHere(
  words: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  const written = { out: "", talk: "" };
  const stream = (name: "out" | "talk") => ({ write: (text: string) => (written[name] += text) });
  const terminal = createTerminal(stream("out"), stream("talk"), { HOME: folder, ...env });
  const before = process.cwd();
  process.chdir(folder);
  try {
    return { code: await runCli(words, terminal), ...written };
  } finally {
    process.chdir(before);
  }
}

/** Runs a command to its end. */
export function runCommand(
  words: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunResult> {
  return startCommand(words, folder, env).result;
}
