import type { JsonObject, JsonValue, OmittedMembers } from "../spec/json.ts";

/**
 * One text for all JSON texts that mean the same: no white space, members sorted by name. Strings keep every character.
 *
 * @param ordered names of members below which the order of members means something and stays (a JSON schema, whose
 *   order a model follows when it writes).
 * @param omitted members of the topmost object that are left out; one of which nothing stays is left out as a whole.
 * @returns null when a number is too large to be held exactly (over 2^53): two different bodies could look alike.
 */
export function canonicalJson(
  value: JsonValue | Readonly<JsonObject>,
  ordered: ReadonlySet<string>,
  omitted: OmittedMembers | null = null,
): string | null {
  if (omitted === null || !isObject(value)) return write(value, ordered, false);
  return writeObject(value, ordered, false, omitted);
}

function isObject(value: JsonValue | Readonly<JsonObject>): value is Readonly<JsonObject> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
      return Array.isArray(value)
        ? writeArray(value, ordered, keepOrder)
        : writeObject(value, ordered, keepOrder, null);
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

function writeObject(
  members: Readonly<JsonObject>,
  ordered: ReadonlySet<string>,
  keepOrder: boolean,
  omitted: OmittedMembers | null,
): string | null {
  const names = Object.keys(members);
  if (!keepOrder && names.length > 1) names.sort();
  let text = "{";
  for (const name of names) {
    const value = members[name] ?? null;
    const inner = omitted?.get(name);
    if (inner === null) continue;
    const keepsOrder = keepOrder || ordered.has(name);
    const thins = inner !== undefined && isObject(value);
    const member = thins ? writeObject(value, ordered, keepsOrder, inner) : write(value, ordered, keepsOrder);
    if (member === null) return null;
    if (thins && member === "{}") continue;
    text += `${text.length === 1 ? "" : ","}${JSON.stringify(name)}:${member}`;
  }
  return `${text}}`;
}
