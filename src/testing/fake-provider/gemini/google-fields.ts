import { isJsonObject, type JsonBody } from "../prepared-reply.ts";

/*
 * Google parses JSON into protobuf messages: members are known by their lowerCamelCase name and by their name in the
 * .proto file, and a member that the message does not have is an error, not a word in the wind.
 */

/** `generationConfig` -> `generation_config`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A member under either of its names. */
export function field(message: JsonBody, name: string): unknown {
  return message[name] ?? message[snakeCase(name)];
}

/** A member that is a message; an empty one where it is none. */
export function messageAt(message: JsonBody, name: string): JsonBody {
  const value = field(message, name);
  return isJsonObject(value) ? value : {};
}

/** The first member that a message does not have; null where all are known. */
export function unknownMember(message: JsonBody, known: ReadonlySet<string>): string | null {
  return Object.keys(message).find((name) => !known.has(name) && !known.has(camelCase(name))) ?? null;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** A set of names written in one line. */
export function names(line: string): ReadonlySet<string> {
  return new Set(line.trim().split(/\s+/));
}

/** JSON as Google's streams print it: a space behind each colon, none behind commas. */
export function googleJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(googleJson).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}: ${googleJson(member)}`).join(",")}}`;
}
