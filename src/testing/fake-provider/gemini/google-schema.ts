import { isJsonObject, listOf, type JsonBody } from "../prepared-reply.ts";
import { names, unknownMember } from "./google-fields.ts";

/** Members of the Schema message (ai.google.dev/api/caching#Schema, November 2026): a part of OpenAPI 3.0, not JSON Schema. */
const known = names(
  `type format title description nullable enum maxItems minItems properties required minProperties maxProperties
  minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum`,
);

/** Deepest nesting that is looked at. */
const depthMax = 32;

/** Where a schema has a member that the message lacks: `[name, path]`; null where it has none. */
export function unknownSchemaMember(schema: unknown, at: string, depth = 0): readonly [string, string] | null {
  if (!isJsonObject(schema) || depth > depthMax) return null;
  const wrong = unknownMember(schema, known);
  if (wrong !== null) return [wrong, at];
  const inner: (readonly [unknown, string])[] = [[schema["items"], `${at}.items`]];
  if (isJsonObject(schema["properties"])) {
    for (const [index, part] of Object.values(schema["properties"]).entries()) {
      inner.push([part, `${at}.properties[${index}].value`]);
    }
  }
  for (const [index, part] of listOf(schema["anyOf"]).entries()) inner.push([part, `${at}.any_of[${index}]`]);
  for (const [part, path] of inner) {
    const found = unknownSchemaMember(part, path, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** The same schema as JSON Schema: types in lower case. */
export function jsonSchemaOf(schema: unknown, depth = 0): unknown {
  if (Array.isArray(schema)) return schema.map((part) => jsonSchemaOf(part, depth + 1));
  if (!isJsonObject(schema) || depth > depthMax) return schema;
  const entries = Object.entries(schema).map(([name, value]): [string, unknown] => {
    if (name === "type" && typeof value === "string") return [name, value.toLowerCase()];
    if (name === "properties" && isJsonObject(value)) return [name, jsonSchemasOf(value, depth + 1)];
    return [name, name === "items" || name === "anyOf" ? jsonSchemaOf(value, depth + 1) : value];
  });
  return Object.fromEntries(entries);
}

function jsonSchemasOf(properties: JsonBody, depth: number): JsonBody {
  return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, jsonSchemaOf(part, depth)]));
}
