import * as z from "zod";
import type { Disagreement } from "./compare.ts";

/** A reason with the disagreements that it explains. */
export interface Explanation {
  /** Why the book is right to differ. */
  readonly reason: string;
  /** Texts of disagreements, exactly. */
  readonly disagreements?: readonly string[] | undefined;
  /** `vendor name` with `*` for anything: models that the book does not carry. It never explains a price of one that it does. */
  readonly notCarried?: readonly string[] | undefined;
}

/** What is left when every explanation has been heard. */
export interface Hearing {
  /** Disagreements without a reason. */
  readonly unexplained: readonly string[];
  /** Texts and patterns without a disagreement. */
  readonly stale: readonly string[];
  /** How many disagreements each reason explains, in the order of the file. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Checks the shape of the file of explanations.
 * @throws ZodError naming what is wrong: a reason of a word or two, a field of another name.
 */
export function readExplanations(document: unknown): readonly Explanation[] {
  const explanation = z.strictObject({
    reason: z.string().min(15),
    disagreements: z.array(z.string()).optional(),
    notCarried: z.array(z.string()).optional(),
  });
  return z.array(explanation).parse(document);
}

/** Matches disagreements with explanations, both ways: first those by name, then the patterns, each on what is left. */
export function hearExplanations(found: readonly Disagreement[], explanations: readonly Explanation[]): Hearing {
  const open = new Map(found.map((one) => [one.text, one]));
  const stale: string[] = [];
  const counts = new Map<string, number>();
  const count = (reason: string, more: number): unknown => counts.set(reason, (counts.get(reason) ?? 0) + more);
  for (const { reason, disagreements = [] } of explanations) {
    const known = new Set(disagreements.filter((text) => open.delete(text)));
    stale.push(...disagreements.filter((text) => !known.has(text)));
    count(reason, known.size);
  }
  for (const { reason, notCarried = [] } of explanations) {
    for (const pattern of notCarried) {
      const matches = matcherOf(pattern);
      const hit = [...open.values()].filter((one) => one.missing && matches(`${one.vendor} ${one.model}`));
      for (const one of hit) open.delete(one.text);
      if (hit.length === 0) stale.push(`not carried: ${pattern}`);
      count(reason, hit.length);
    }
  }
  return { unexplained: [...open.keys()].toSorted(), stale, counts };
}

function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`));
  const whole = new RegExp(`^${parts.join(".*")}$`);
  return (name) => whole.test(name);
}
