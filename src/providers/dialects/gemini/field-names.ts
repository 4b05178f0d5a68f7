import { FarthingError } from "../../../kit/farthing-error.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { objectOf } from "../json-fields.ts";

/*
 * Google's servers read every field under two names, `generationConfig` and `generation_config`, and a list of one
 * without its brackets; Google's own examples use all of it. Source: the ProtoJSON format (protobuf.dev/programming-guides/json)
 * and the curl examples of ai.google.dev/api/generate-content, read 2026-11-21.
 */

/** The member under its camelCase name or its snake_case one. */
export function memberOf(object: Readonly<JsonObject> | null, name: string): JsonValue | undefined {
  return object?.[name] ?? object?.[snakeCased(name)];
}

function snakeCased(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The object with its own member names in camelCase; what stands inside the members is left alone, since schemas and
 * arguments are the caller's words.
 * @param path where the object stands, for the message
 * @throws FarthingError `invalid_request` when a member stands there under both names
 */
export function camelCased(object: Readonly<JsonObject>, path: string): Readonly<JsonObject> {
  const named: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    const camel = name.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
    if (Object.hasOwn(named, camel)) {
      const field = path === "" ? camel : `${path}.${camel}`;
      throw new FarthingError("invalid_request", `\`${field}\` stands there twice, in two spellings. Leave one out.`, {
        field,
      });
    }
    named[camel] = value;
  }
  return named;
}

/** The objects of a list that may stand without brackets; what is no object is left out. */
export function objectsOf(value: JsonValue | undefined): readonly Readonly<JsonObject>[] {
  const items = Array.isArray(value) ? value : [value];
  return items.map(objectOf).filter((item) => item !== null);
}
