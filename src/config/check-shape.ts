import type * as z from "zod";
import type { ConfigPath } from "./config-problem.ts";
import { splitWording } from "./field-types.ts";
import type { ProblemList } from "./problem-list.ts";
import { suggestName } from "./suggest-name.ts";

/** Rounds of taking out what is wrong; each finds what the one before hid. */
const roundsMax = 8;

/**
 * Checks the values of a file against `schema` and adds every problem. What is wrong is taken out and the rest
 * parsed again, so that the checks that come after still see the rest. Null when nothing usable is left.
 */
export function checkShape<T>(value: unknown, list: ProblemList, schema: z.ZodType<T, unknown>): T | null {
  let current: unknown = value === undefined ? {} : structuredClone(value);
  const told = new Set<string>();
  for (let round = 0; round < roundsMax; round++) {
    const result = schema.safeParse(current);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const place = JSON.stringify(issue.path);
      if (issue.code === "unrecognized_keys" || !told.has(place)) {
        told.add(place);
        current = explainIssue(issue, current, list);
        continue;
      }
      // Told already and still there: what is missing cannot be taken out, so what is around it goes.
      const around = issue.path.slice(0, -1) as ConfigPath;
      told.add(JSON.stringify(around));
      current = without(current, around);
    }
  }
  return null;
}

/** Adds the issue's problem; returns the value without what caused it. */
function explainIssue(issue: z.core.$ZodIssue, value: unknown, list: ProblemList): unknown {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") {
    let rest = value;
    for (const key of issue.keys) {
      const near = suggestName(key, issue.message.split(", "));
      const fix = near === null ? `Known here: ${issue.message}.` : `Did you mean ${near}?`;
      list.add([...path, key], "unknown key", fix, "key");
      rest = without(rest, [...path, key]);
    }
    return rest;
  }
  const isAbsent = readAt(value, path) === undefined;
  // For a wrong name in a record the path ends in the name itself, and the issue inside says what a name is.
  const inner = issue.code === "invalid_key" ? issue.issues[0]?.message : undefined;
  const { message, fix } = splitWording(inner ?? issue.message);
  if (isAbsent) list.add(path, "is missing", `Add ${String(path.at(-1) ?? "it")}.`);
  else list.add(path, message, fix, inner === undefined ? "value" : "key");
  return without(value, path);
}

function readAt(value: unknown, path: ConfigPath): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[part];
  }
  return current;
}

/** The value without what is at `path`; list positions stay, so that later paths still point at the right lines. */
function without(value: unknown, path: ConfigPath): unknown {
  const parent = readAt(value, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined) return {};
  if (typeof parent === "object" && parent !== null) delete (parent as Record<string | number, unknown>)[last];
  return value;
}
