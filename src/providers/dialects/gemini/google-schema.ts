import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { objectOf } from "../json-fields.ts";
import { camelCased } from "./field-names.ts";

/*
 * Google's own form of a schema, a part of OpenAPI 3.0, written as JSON Schema: its types are in capitals, `nullable` is a
 * member, counts may be texts, and the order of properties is a list. Source: Schema in
 * google/ai/generativelanguage/v1beta/content.proto and ai.google.dev/api/caching#Schema, read 2026-11-21.
 */

const counts: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);
const schemas: ReadonlySet<string> = new Set(["items", "additionalProperties", "not"]);
const lists: ReadonlySet<string> = new Set(["anyOf", "allOf", "oneOf", "prefixItems"]);
const maps: ReadonlyMap<string, string> = new Map([
  ["properties", "properties"],
  ["defs", "$defs"],
  ["$defs", "$defs"],
]);

/** The same schema as JSON Schema. Members that it does not know stay as they are. */
export function jsonSchemaOf(schema: Readonly<JsonObject>): JsonObject {
  const members = camelCased(schema, "");
  const written: JsonObject = {};
  for (const [name, value] of Object.entries(members)) {
    const map = maps.get(name);
    if (map !== undefined) written[map] = mapOf(value, name === "properties" ? members["propertyOrdering"] : undefined);
    else if (schemas.has(name)) written[name] = schemaIn(value);
    else if (lists.has(name)) written[name] = Array.isArray(value) ? value.map(schemaIn) : value;
    else writePlain(name, value, written);
  }
  return members["nullable"] === true ? withNull(written) : written;
}

function writePlain(name: string, value: JsonValue, written: JsonObject): void {
  if (name === "nullable" || name === "propertyOrdering") return;
  if (name === "type") {
    if (typeof value !== "string") written["type"] = value;
    else if (value !== "TYPE_UNSPECIFIED") written["type"] = value.toLowerCase();
  } else if (counts.has(name)) written[name] = numberOf(value);
  else if (name === "example") written["examples"] = [value];
  else if (name === "ref") written["$ref"] = value;
  // Says only that an enum follows.
  else if (name !== "format" || value !== "enum") written[name] = value;
}

function schemaIn(value: JsonValue): JsonValue {
  const schema = objectOf(value);
  return schema === null ? value : jsonSchemaOf(schema);
}

/** Schemas by the caller's names, in the order that was asked for. */
function mapOf(value: JsonValue, ordering: JsonValue | undefined): JsonValue {
  const map = objectOf(value);
  if (map === null) return value;
  const first = Array.isArray(ordering) ? ordering.filter((name) => typeof name === "string") : [];
  const written: JsonObject = {};
  for (const name of new Set([...first, ...Object.keys(map)])) {
    const schema = Object.hasOwn(map, name) ? map[name] : undefined;
    if (schema !== undefined) written[name] = schemaIn(schema);
  }
  return written;
}

/** 64-bit integers come as texts. */
function numberOf(value: JsonValue): JsonValue {
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
}

function withNull(schema: JsonObject): JsonObject {
  const { type, anyOf } = schema;
  const nullable: JsonObject = { ...schema };
  if (typeof type === "string" && type !== "null") nullable["type"] = [type, "null"];
  else if (Array.isArray(anyOf)) nullable["anyOf"] = [...anyOf, { type: "null" }];
  if (Array.isArray(schema["enum"])) nullable["enum"] = [...schema["enum"], null];
  return nullable;
}
