import { FarthingError } from "../../../kit/farthing-error.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { objectOf } from "../json-fields.ts";
import { isGiven } from "../read-count.ts";

/*
 * Fields of a request that is to be translated: absent or of the right type. What is malformed cannot be said in another
 * dialect, and passing it on for the vendor to refuse is no way out here.
 */

/** The error for a field of a wrong type. `expected`: `a text`. */
export function misfit(path: string, expected: string): FarthingError {
  return new FarthingError("invalid_request", `\`${path}\` must be ${expected}.`, { field: path });
}

/**
 * A text; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function textAt(value: JsonValue | undefined, path: string): string | null {
  if (!isGiven(value)) return null;
  if (typeof value === "string") return value;
  throw misfit(path, "a text");
}

/**
 * A text that must be there.
 * @throws FarthingError `invalid_request`
 */
export function requiredTextAt(value: JsonValue | undefined, path: string): string {
  if (typeof value === "string") return value;
  throw misfit(path, "a text");
}

/**
 * True or false; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function booleanAt(value: JsonValue | undefined, path: string): boolean | null {
  if (!isGiven(value)) return null;
  if (typeof value === "boolean") return value;
  throw misfit(path, "true or false");
}

/**
 * A number; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function numberAt(value: JsonValue | undefined, path: string): number | null {
  if (!isGiven(value)) return null;
  if (typeof value === "number") return value;
  throw misfit(path, "a number");
}

/**
 * An object; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function objectAt(value: JsonValue | undefined, path: string): Readonly<JsonObject> | null {
  if (!isGiven(value)) return null;
  const object = objectOf(value);
  if (object === null) throw misfit(path, "an object");
  return object;
}

/**
 * The objects of an array; none when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function objectsAt(value: JsonValue | undefined, path: string): readonly Readonly<JsonObject>[] {
  if (!isGiven(value)) return [];
  if (!Array.isArray(value)) throw misfit(path, "an array");
  return value.map((item) => {
    const object = objectOf(item);
    if (object === null) throw misfit(`${path}[]`, "an object");
    return object;
  });
}
