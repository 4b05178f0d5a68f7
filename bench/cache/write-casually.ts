import type { Random } from "../../src/spec/clock.ts";
import { drawOne } from "./draw-popular.ts";

const greetings = ["Hi, ", "Hello, ", "Hi! ", "Good morning, "] as const;
const ends = ["", ".", "!", " ?", "??"] as const;

/**
 * The same question as somebody in a hurry types it: another case, a greeting before it, other marks behind it, a space too many.
 * Nothing that changes what is asked, so a cache that folds such things may answer it with what it has.
 */
export function writeCasually(text: string, random: Random): string {
  let written = text.replace(/[?.]$/, "") + drawOne(ends, random);
  if (random() < 0.4) written = written.toLowerCase();
  if (random() < 0.3) written = written.replace(" ", "  ");
  return random() < 0.4 ? drawOne(greetings, random) + written : written;
}
