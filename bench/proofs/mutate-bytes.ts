import type { Random } from "../../src/spec/clock.ts";

/** A changed copy of a stream, and what the change must not be taken for. */
export interface Mutation {
  readonly bytes: Uint8Array;
  /** The stream no longer has its proper end: whoever reports success is wrong. */
  readonly broken: boolean;
}

type Change = (text: string, parts: readonly string[], random: Random) => { text: string; broken: boolean };

const pick = (random: Random, count: number): number => Math.floor(random() * count);

/** Changes of a stream. `parts` are its events, the last one the terminal one. */
const changes: readonly Change[] = [
  // Cut anywhere before the terminal event begins.
  (text, parts, random) => {
    const end = text.length - (parts.at(-1)?.length ?? 0);
    return { text: text.slice(0, pick(random, Math.max(1, end))), broken: true };
  },
  // The terminal event is missing.
  (_text, parts) => ({ text: parts.slice(0, -1).join(""), broken: true }),
  // One event is gone, comes twice, or two change places. The terminal event stays last.
  (_text, parts, random) => {
    const at = pick(random, Math.max(1, parts.length - 1));
    return { text: parts.filter((_, index) => index !== at || index === parts.length - 1).join(""), broken: false };
  },
  (_text, parts, random) => {
    const at = pick(random, Math.max(1, parts.length - 1));
    return { text: parts.flatMap((part, index) => (index === at ? [part, part] : [part])).join(""), broken: false };
  },
  // A character becomes another one.
  (text, _parts, random) => {
    const at = pick(random, text.length);
    const letter = String.fromCharCode(32 + pick(random, 95));
    return { text: text.slice(0, at) + letter + text.slice(at + 1), broken: false };
  },
  // A number becomes nonsense.
  (text, _parts, random) => {
    const numbers = [...text.matchAll(/:(\d+)/g)];
    const found = numbers[pick(random, Math.max(1, numbers.length))];
    if (found === undefined) return { text, broken: false };
    const nonsense = ["-1", "1e400", "0.5", "null", '"7"', "[]", "{}", "9007199254740993", "true"];
    const value = nonsense[pick(random, nonsense.length)] ?? "-1";
    return {
      text: `${text.slice(0, found.index)}:${value}${text.slice(found.index + found[0].length)}`,
      broken: false,
    };
  },
  // A text, object or list becomes something else.
  (text, _parts, random) => {
    const values = [...text.matchAll(/:("[^"]*"|\{\}|\[\])/g)];
    const found = values[pick(random, Math.max(1, values.length))];
    if (found === undefined) return { text, broken: false };
    const other = ["null", "-3", "{}", "[]", '""', "[null]", '{"a":[{}]}'];
    const value = other[pick(random, other.length)] ?? "null";
    return {
      text: `${text.slice(0, found.index)}:${value}${text.slice(found.index + found[0].length)}`,
      broken: false,
    };
  },
];

/** One random change of a stream whose events end with a blank line. */
export function mutateStream(text: string, random: Random): Mutation {
  const parts = text.split(/(?<=\n\n)/).filter((part) => part !== "");
  const change = changes[pick(random, changes.length)];
  if (change === undefined) throw new Error("no change");
  const changed = change(text, parts, random);
  return { bytes: new TextEncoder().encode(changed.text), broken: changed.broken };
}

/** One random change of a whole reply; a cut one is no JSON any more. */
export function mutateReply(text: string, random: Random): Mutation {
  const cut = random() < 0.25;
  if (cut) return { bytes: new TextEncoder().encode(text.slice(0, pick(random, text.trimEnd().length))), broken: true };
  const change = changes[4 + pick(random, changes.length - 4)];
  const changed = change?.(text, [text], random) ?? { text };
  return { bytes: new TextEncoder().encode(changed.text), broken: false };
}
