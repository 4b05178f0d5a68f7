import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder: string = fileURLToPath(new URL("../", import.meta.url));
const python: string = `${folder}.venv/${process.platform === "win32" ? "Scripts/python.exe" : "bin/python"}`;

/** Why the Python clients cannot run; null: they can. The entry script makes the environment, or says what is missing. */
export const pythonMissing: string | null = existsSync(python)
  ? null
  : (process.env["FARTHING_PYTHON_MISSING"] ?? "no Python environment; npm run test:clients makes one");

/** What a cell in Python tells of its client. */
export interface PythonTold {
  readonly content: unknown;
  /** Null where nothing was metered. */
  readonly usage: { readonly input: number; readonly output: number } | null;
  /** Ids of ours that the client got, in order. */
  readonly requestIds: readonly string[];
  /** Of a model that thinks: what must go back to it as it came. */
  readonly proof?: string;
  /** Of a refusal: the name of the error's class, its status and its `retry-after`. */
  readonly class?: string;
  readonly status?: number | null;
  readonly retryAfter?: string | null;
}

/** A Python process that runs cells. */
export interface PythonCells {
  /** Throws what failed in the cell. */
  run(question: Readonly<Record<string, unknown>>): Promise<PythonTold>;
  stop(): void;
}

/** Starts one of the scripts of the folder `python`; one process serves all its cells, in turn. */
export function startPython(script: string): PythonCells {
  const child: ChildProcess = spawn(python, [`${folder}python/${script}`], { stdio: ["pipe", "pipe", "inherit"] });
  if (child.stdout === null || child.stdin === null) throw new Error("no pipes to Python");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { stdin } = child;
  return {
    run: async (question) => {
      stdin.write(`${JSON.stringify(question)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`${script} ended`);
      const told = JSON.parse(line.value) as PythonTold & { readonly failed?: string };
      if (told.failed !== undefined) throw new Error(told.failed);
      return told;
    },
    stop: () => void child.kill(),
  };
}
