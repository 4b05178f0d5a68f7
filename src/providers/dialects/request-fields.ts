import { FarthingError } from "../../kit/farthing-error.ts";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import { objectOf } from "./json-fields.ts";

/** Longest name of a model, in characters. */
const modelCharactersMax = 256;

function refuse(field: string, expected: string): FarthingError {
  return new FarthingError("invalid_request", `\`${field}\` must be ${expected}.`, { field });
}

/**
 * The body as an object.
 * @throws FarthingError `invalid_request`
 */
export function requireObject(document: unknown): Readonly<JsonObject> {
  const body = objectOf(document);
  if (body === null) throw new FarthingError("invalid_request", "The body must be a JSON object.");
  return body;
}

/**
 * The body's `model`.
 * @throws FarthingError `invalid_request`
 */
export function requireModel(body: Readonly<JsonObject>): string {
  const model = body["model"];
  if (typeof model !== "string" || model === "" || model.length > modelCharactersMax) {
    throw refuse("model", `a text of 1 to ${modelCharactersMax} characters`);
  }
  return model;
}

/**
 * A boolean field; an absent or null one is false.
 * @throws FarthingError `invalid_request`
 */
export function booleanField(body: Readonly<JsonObject>, field: string): boolean {
  const value = body[field];
  if (isAbsent(value)) return false;
  if (typeof value !== "boolean") throw refuse(field, "true or false");
  return value;
}

/**
 * A whole number from `min` to `max`; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function integerField(body: Readonly<JsonObject>, field: string, min: number, max: number): number | null {
  const value = body[field];
  if (isAbsent(value)) return null;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw refuse(
    field,
    max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`,
  );
}

/**
 * A number; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function numberField(body: Readonly<JsonObject>, field: string): number | null {
  const value = body[field];
  if (isAbsent(value)) return null;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw refuse(field, "a number");
}

/**
 * True when the array field holds something; false when absent, null or empty.
 * @throws FarthingError `invalid_request`
 */
export function hasItems(body: Readonly<JsonObject>, field: string): boolean {
  const value = body[field];
  if (isAbsent(value)) return false;
  if (!Array.isArray(value)) throw refuse(field, "an array");
  return value.length > 0;
}

/**
 * Asserts that the body has its conversation.
 * @throws FarthingError `invalid_request`
 */
export function requireMessages(body: Readonly<JsonObject>): void {
  if (!Array.isArray(body["messages"])) throw refuse("messages", "an array");
}

function isAbsent(value: JsonValue | undefined): value is null | undefined {
  return value === undefined || value === null;
}
