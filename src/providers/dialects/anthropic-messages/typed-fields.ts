import { FarthingError } from "../../../kit/farthing-error.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { objectOf } from "../json-fields.ts";
import { isGiven } from "../read-count.ts";

/*
 * Members of a request's objects by type. `path` names the object they stand in, with indexes: `messages[2].content[0]`.
 * An absent or null optional member reads as null.
 */

type Fields = Readonly<JsonObject>;

/** The path of a member; the body itself has the empty path. */
function pathOf(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** The refusal of a malformed field. */
export function malformed(path: string, expected: string): FarthingError {
  return new FarthingError("invalid_request", `\`${path}\` must be ${expected}.`, { field: path });
}

/** @throws FarthingError `invalid_request` */
export function requireText(fields: Fields, name: string, path: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw malformed(pathOf(path, name), "a text");
  return value;
}

/** @throws FarthingError `invalid_request` */
export function optionalText(fields: Fields, name: string, path: string): string | null {
  return isGiven(fields[name]) ? requireText(fields, name, path) : null;
}

/** @throws FarthingError `invalid_request` */
export function optionalBoolean(fields: Fields, name: string, path: string): boolean | null {
  const value = fields[name];
  if (!isGiven(value)) return null;
  if (typeof value !== "boolean") throw malformed(pathOf(path, name), "true or false");
  return value;
}

/** @throws FarthingError `invalid_request` */
export function asObject(value: JsonValue | undefined, path: string): Fields {
  const object = objectOf(value);
  if (object === null) throw malformed(path, "an object");
  return object;
}

/** @throws FarthingError `invalid_request` */
export function optionalObject(fields: Fields, name: string, path: string): Fields | null {
  return isGiven(fields[name]) ? asObject(fields[name], pathOf(path, name)) : null;
}

/** An empty array when absent or null. @throws FarthingError `invalid_request` */
export function optionalArray(fields: Fields, name: string): readonly JsonValue[] {
  const value = fields[name];
  if (!isGiven(value)) return [];
  if (!Array.isArray(value)) throw malformed(name, "an array");
  return value;
}
