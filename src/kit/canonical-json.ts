import type { JsonObject, JsonValue } from "../spec/json.ts";

/**
 * One text for all JSON texts that mean the same: no white space, members sorted by name. Strings keep every character.
 *
 * @param ordered names of members below which the order of members means something and stays (a JSON schema, whose
 *   order a model follows when it writes).
 * @returns null when a number is too large to be held exactly (over 2^53): two different bodies could look alike.
 */
export function canonicalJson(value: JsonValue | Readonly<JsonObject>, ordered: ReadonlySet<string>): string | null {
  return write(value, ordered, false);
}

function write(
  value: JsonValue | Readonly<JsonObject>,
  ordered: ReadonlySet<string>,
  keepOrder: boolean,
): string | null {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value === 0 ? 0 : value) : null;
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? writeArray(value, ordered, keepOrder) : writeObject(value, ordered, keepOrder);
    default:
      return value ? "true" : "false";
  }
}

function writeArray(items: readonly JsonValue[], ordered: ReadonlySet<string>, keepOrder: boolean): string | null {
  let text = "[";
  for (let index = 0; index < items.length; index++) {
    const item = write(items[index] ?? null, ordered, keepOrder);
    if (item === null) return null;
    text += index === 0 ? item : `,${item}`;
  }
  return `${text}]`;
}

function writeObject(members: Readonly<JsonObject>, ordered: ReadonlySet<string>, keepOrder: boolean): string | null {
  const names = Object.keys(members);
  if (!keepOrder && names.length > 1) names.sort();
  let text = "{";
  for (const name of names) {
    const member = write(members[name] ?? null, ordered, keepOrder || ordered.has(name));
    if (member === null) return null;
    text += `${text.length === 1 ? "" : ","}${JSON.stringify(name)}:${member}`;
  }
  return `${text}}`;
}
