import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";

/** Why no test can, or needs to, notice a mutant. */
export interface ExplainedSurvivor {
  readonly file: string;
  /** The line of code, without the blanks around it: an explanation holds for as long as the line stands. */
  readonly code: string;
  readonly original: string;
  readonly text: string;
  readonly reason: string;
}

/** The explained ones, from `survivors.json` beside this file. */
export function readExplained(): readonly ExplainedSurvivor[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, "survivors.json"), "utf8")) as readonly ExplainedSurvivor[];
}

/** The explanation of a survivor; null when nobody has given one. */
export function explanationOf(mutant: Mutant, explained: readonly ExplainedSurvivor[]): string | null {
  const found = explained.find(
    ({ file, code, original, text }) =>
      file === mutant.file && code === mutant.code && original === mutant.original && text === mutant.text,
  );
  return found?.reason ?? null;
}
