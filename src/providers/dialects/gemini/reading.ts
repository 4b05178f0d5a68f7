import { FarthingError } from "../../../kit/farthing-error.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { objectOf } from "../json-fields.ts";
import { isGiven } from "../read-count.ts";
import { camelCased } from "./field-names.ts";
import { requestFields } from "./fields-of-request.ts";

/** Values of refused fields that say no more than their absence: the vendor's defaults (ai.google.dev/api/generate-content). */
const harmless: ReadonlyMap<string, readonly string[]> = new Map([
  ["generationConfig.candidateCount", ["1"]],
  ["generationConfig.responseModalities", ["[]", `["TEXT"]`, `["text"]`]],
  ["generationConfig.responseLogprobs", ["false"]],
  ["generationConfig.enableAffectiveDialog", ["false"]],
  ["generationConfig.enableEnhancedCivicAnswers", ["false"]],
  ["contents[].parts[].functionCall.willContinue", ["false"]],
  ["contents[].parts[].functionResponse.willContinue", ["false"]],
]);

/** One reading of a request by the table of its fields. */
export class Reading {
  readonly #dropped = new Set<string>();

  /** Paths of what was left out, in the order in which it was met. */
  get dropped(): readonly string[] {
    return [...this.#dropped];
  }

  drop(path: string): void {
    this.#dropped.add(path);
  }

  /**
   * The members of an object under their camelCase names. Those that the table drops, and those below the top that it
   * does not know, are named as dropped.
   * @param path where the object stands; empty: it is the body
   * @throws FarthingError `untranslatable` for a refused member, and for an unknown one of the body
   */
  members(object: Readonly<JsonObject>, path: string): Readonly<JsonObject> {
    const members = camelCased(object, path);
    for (const [name, value] of Object.entries(members)) {
      if (isGiven(value)) this.#check(path === "" ? name : `${path}.${name}`, value, path === "");
    }
    return members;
  }

  #check(path: string, value: JsonValue, isTop: boolean): void {
    const fate = Object.hasOwn(requestFields, path) ? requestFields[path] : undefined;
    if (fate === undefined) {
      if (isTop) throw untranslatable(path, "it is not known here");
      this.drop(path);
    } else if ("dropped" in fate) this.drop(path);
    else if ("refused" in fate && !(harmless.get(path)?.includes(JSON.stringify(value)) ?? false)) {
      throw untranslatable(path, fate.refused);
    }
  }
}

/** The refusal of a field of a wrong type. */
export function malformed(field: string, expected: string): FarthingError {
  return new FarthingError("invalid_request", `\`${field}\` must be ${expected}.`, { field });
}

/**
 * A member that must be an object; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function objectAt(value: JsonValue | undefined, path: string): Readonly<JsonObject> | null {
  if (!isGiven(value)) return null;
  const object = objectOf(value);
  if (object === null) throw malformed(path, "an object");
  return object;
}

/**
 * A member that must be a list of objects, or one without its brackets; empty when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function listAt(value: JsonValue | undefined, path: string): readonly Readonly<JsonObject>[] {
  if (!isGiven(value)) return [];
  const items: readonly JsonValue[] = Array.isArray(value) ? value : [value as JsonValue];
  return items.map((item) => {
    const object = objectOf(item);
    if (object === null) throw malformed(path, "an array of objects");
    return object;
  });
}

/**
 * A member that must be a text; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function textAt(value: JsonValue | undefined, path: string): string | null {
  if (!isGiven(value)) return null;
  if (typeof value !== "string") throw malformed(path, "a text");
  return value;
}

/**
 * A member that must be true or false; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function booleanAt(value: JsonValue | undefined, path: string): boolean | null {
  if (!isGiven(value)) return null;
  if (typeof value !== "boolean") throw malformed(path, "true or false");
  return value;
}

/**
 * A member that must be a number; null when absent or null.
 * @throws FarthingError `invalid_request`
 */
export function numberAt(value: JsonValue | undefined, path: string): number | null {
  if (!isGiven(value)) return null;
  if (typeof value !== "number") throw malformed(path, "a number");
  return value;
}
