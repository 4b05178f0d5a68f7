import type { Random } from "../../spec/clock.ts";
import { pick } from "./answer-text.ts";

/** Deepest nesting of a made-up value; recursive schemas end there. */
const depthMax = 8;

type Schema = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numberAt(schema: Schema, key: string): number | null {
  const value = schema[key];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Makes values that conform to a JSON schema, as far as the keywords that the vendors' structured outputs allow go. */
export class SchemaSampler {
  readonly #root: Schema;
  readonly #words: readonly string[];
  readonly #random: Random;

  /** @param words used for free strings. */
  constructor(root: unknown, words: readonly string[], random: Random) {
    this.#root = isObject(root) ? root : {};
    this.#words = words;
    this.#random = random;
  }

  /** One value. `pattern` is not looked at; everything else that is not understood is ignored. */
  sample(): unknown {
    return this.#value(this.#root, 0);
  }

  #value(given: unknown, depth: number): unknown {
    const schema = this.#resolve(given);
    if (depth > depthMax) return null;
    if ("const" in schema) return schema["const"];
    if (Array.isArray(schema["enum"]) && schema["enum"].length > 0) return pick<unknown>(schema["enum"], this.#random);
    const alternatives = schema["anyOf"] ?? schema["oneOf"];
    if (Array.isArray(alternatives) && alternatives.length > 0) {
      // Deep down the last alternative, which is where recursive schemas put `null`.
      const at = depth > depthMax / 2 ? alternatives.length - 1 : 0;
      return this.#value(alternatives[at], depth + 1);
    }
    if (Array.isArray(schema["allOf"])) return this.#value(Object.assign({}, ...schema["allOf"]), depth + 1);
    return this.#typed(schema, depth);
  }

  #typed(schema: Schema, depth: number): unknown {
    const named = schema["type"];
    const fallback = "properties" in schema ? "object" : "items" in schema ? "array" : "string";
    const first: unknown = Array.isArray(named) ? named[0] : (named ?? fallback);
    switch (first) {
      case "object":
        return this.#object(schema, depth);
      case "array":
        return this.#array(schema, depth);
      case "integer":
      case "number":
        return this.#number(schema, first === "integer");
      case "boolean":
        return this.#random() < 0.5;
      case "null":
        return null;
      default:
        return this.#string(schema);
    }
  }

  #object(schema: Schema, depth: number): Record<string, unknown> {
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    return Object.fromEntries(Object.entries(properties).map(([key, part]) => [key, this.#value(part, depth + 1)]));
  }

  #array(schema: Schema, depth: number): unknown[] {
    const least = numberAt(schema, "minItems") ?? 1;
    const most = Math.min(numberAt(schema, "maxItems") ?? least + 2, least + 2);
    const count = depth > depthMax / 2 ? least : least + Math.floor(this.#random() * (most - least + 1));
    return Array.from({ length: Math.min(count, 64) }, () => this.#value(schema["items"], depth + 1));
  }

  #number(schema: Schema, whole: boolean): number {
    const least = numberAt(schema, "minimum") ?? (numberAt(schema, "exclusiveMinimum") ?? -1) + 1;
    const most = numberAt(schema, "maximum") ?? (numberAt(schema, "exclusiveMaximum") ?? least + 101) - 1;
    const value = least + this.#random() * Math.max(0, most - least);
    const rounded = whole ? Math.round(value) : Math.round(value * 100) / 100;
    return Math.min(Math.max(rounded, least), Math.max(least, most));
  }

  #string(schema: Schema): string {
    const day = String(1 + Math.floor(this.#random() * 28)).padStart(2, "0");
    switch (schema["format"]) {
      case "date":
        return `2026-05-${day}`;
      case "date-time":
        return `2026-05-${day}T09:30:00Z`;
      case "time":
        return "09:30:00Z";
      case "email":
        return `${pick(this.#words, this.#random)}@example.com`;
      case "uuid":
        return `00000000-0000-4000-8000-0000000000${day}`;
      default: {
        let text = `${pick(this.#words, this.#random)} ${pick(this.#words, this.#random)}`;
        while (text.length < Math.min(numberAt(schema, "minLength") ?? 0, 4_000))
          text += ` ${pick(this.#words, this.#random)}`;
        return text.slice(0, numberAt(schema, "maxLength") ?? text.length);
      }
    }
  }

  #resolve(given: unknown): Schema {
    let schema = given;
    for (let hop = 0; hop < depthMax && isObject(schema) && typeof schema["$ref"] === "string"; hop++) {
      let found: unknown = this.#root;
      for (const key of schema["$ref"].split("/").slice(1)) found = isObject(found) ? found[key] : undefined;
      schema = found;
    }
    return isObject(schema) ? schema : {};
  }
}
