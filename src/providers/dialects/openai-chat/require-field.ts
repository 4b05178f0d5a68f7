import { FarthingError } from "../../../kit/farthing-error.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { objectOf } from "../json-fields.ts";

/** The refusal of a field that has not the form of this dialect; translating would guess. */
export function malformed(field: string, expected: string): FarthingError {
  return new FarthingError("invalid_request", `\`${field}\` must be ${expected}.`, { field });
}

/**
 * A text that must be there; it may be empty.
 * @throws FarthingError `invalid_request`
 */
export function requireText(value: JsonValue | undefined, field: string): string {
  if (typeof value !== "string") throw malformed(field, "a text");
  return value;
}

/**
 * A text; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function optionalText(value: JsonValue | undefined, field: string): string | null {
  return value === undefined || value === null ? null : requireText(value, field);
}

/**
 * A boolean; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function optionalBoolean(value: JsonValue | undefined, field: string): boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "boolean") throw malformed(field, "true or false");
  return value;
}

/**
 * An object that must be there.
 * @throws FarthingError `invalid_request`
 */
export function requireMembers(value: JsonValue | undefined, field: string): Readonly<JsonObject> {
  const members = objectOf(value);
  if (members === null) throw malformed(field, "an object");
  return members;
}

/**
 * A list; an empty one when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function optionalList(value: JsonValue | undefined, field: string): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(field, "an array");
  return value;
}
