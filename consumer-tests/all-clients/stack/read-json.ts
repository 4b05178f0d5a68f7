/** Names of fields, and places in lists; -1 is the last one. */
export type JsonPath = readonly (string | number)[];

/** What stands there in parsed JSON; undefined where nothing does. */
export function at(from: unknown, ...path: JsonPath): unknown {
  let found = from;
  for (const step of path) {
    if (typeof step === "number") found = Array.isArray(found) ? (found as readonly unknown[]).at(step) : undefined;
    else found = isObject(found) ? found[step] : undefined;
  }
  return found;
}

/** The text there; throws where none is, so that a test that looks for what is not there fails. */
export function textAt(from: unknown, ...path: JsonPath): string {
  const found = at(from, ...path);
  return typeof found === "string" ? found : refuse("text", path, from);
}

/** The number there, or throws. */
export function numberAt(from: unknown, ...path: JsonPath): number {
  const found = at(from, ...path);
  return typeof found === "number" ? found : refuse("number", path, from);
}

/** The list there, or throws. */
export function listAt(from: unknown, ...path: JsonPath): readonly unknown[] {
  const found = at(from, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : refuse("list", path, from);
}

/** The object there, or throws. */
export function objectAt(from: unknown, ...path: JsonPath): Readonly<Record<string, unknown>> {
  const found = at(from, ...path);
  return isObject(found) ? found : refuse("object", path, from);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(what: string, path: JsonPath, from: unknown): never {
  const text = String(JSON.stringify(from)).slice(0, 500);
  throw new Error(`no ${what} at ${path.join(".")} in ${text}`);
}
