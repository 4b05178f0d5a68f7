import { dialectNames, type DialectName } from "../spec/request.ts";
import { type Capabilities, vendorStatuses, type VendorRow, type VendorStatus } from "../spec/vendor.ts";
import { noQuirks, type Quirks } from "../spec/quirks.ts";

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string" && value !== "";
const isFlag: Check = (value) => typeof value === "boolean";
const matches =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value);
const isOneOf =
  (words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every(check) && new Set(value).size === value.length;

const isHeader = matches(/^[a-z0-9-]+$/);
/** Gemini's path holds the model, so no fixed path can stand for it. */
const pathDialects = dialectNames.filter((name) => name !== "gemini");

const rowChecks: Readonly<Record<keyof VendorRow, Check>> = {
  id: matches(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  name: isText,
  baseUrl: (value) => value === null || isBaseUrl(value),
  dialects: isListOf(isOneOf(dialectNames)),
  paths: isObject,
  keyHeader: isHeader,
  keyPrefix: (value) => typeof value === "string",
  keyless: isFlag,
  requestIdHeader: isHeader,
  quirks: isObject,
  capabilities: isObject,
  status: isOneOf(vendorStatuses),
  sources: isListOf(matches(/^https:\/\/\S+ \(\d{4}-\d{2}-\d{2}\): \S.*$/)),
};

const quirkChecks: Readonly<Record<keyof Quirks, Check>> = {
  acceptsStreamUsage: isFlag,
  outputLimitField: isOneOf(["max_tokens", "max_completion_tokens"]),
  cachedTokensOutside: isFlag,
  reasoningTokensOutside: isFlag,
  jsonSchema: isOneOf(["strict", "hint", "none"]),
  systemRole: isOneOf(["system", "developer"]),
  takesReasoning: isFlag,
  takesSystemTurns: isFlag,
};

const capabilityChecks: Readonly<Record<keyof Capabilities, Check>> = {
  contextTokensMax: (value) => value === null || (Number.isSafeInteger(value) && Number(value) > 0),
  tools: isFlag,
  vision: isFlag,
  documents: isFlag,
  reasoning: isFlag,
  embeddings: isFlag,
  batch: isFlag,
  promptCache: isOneOf(["automatic", "breakpoints", "both", "none"]),
};

/**
 * Reads the document of one vendor, strictly: every field is there, none besides. Only `quirks` and `paths` name no more
 * than what departs.
 * @throws Error naming the vendor and the field.
 */
export function readVendorRow(document: unknown): VendorRow {
  const row = fieldsOf(document, "a vendor");
  const where = `vendor ${JSON.stringify(row["id"])}`;
  checkAll(row, rowChecks, where);
  const quirks = fieldsOf(row["quirks"], where);
  checkGiven(quirks, quirkChecks, `${where}: quirks`);
  const capabilities = fieldsOf(row["capabilities"], where);
  checkAll(capabilities, capabilityChecks, `${where}: capabilities`);
  const paths = fieldsOf(row["paths"], where);
  checkGiven(paths, pathChecks(row["dialects"] as readonly DialectName[]), `${where}: paths`);
  return {
    ...(row as unknown as VendorRow),
    status: row["status"] as VendorStatus,
    quirks: { ...noQuirks, ...(quirks as Partial<Quirks>) },
  };
}

/** A path only for what the vendor speaks. */
function pathChecks(dialects: readonly DialectName[]): Readonly<Record<string, Check>> {
  const spoken = pathDialects.filter((name) => dialects.includes(name));
  return Object.fromEntries(spoken.map((name) => [name, matches(/^\/[^\s?#]*[^\s?#/]$/)]));
}

function checkAll(fields: Fields, checks: Readonly<Record<string, Check>>, where: string): void {
  for (const name of Object.keys(checks)) if (!Object.hasOwn(fields, name)) refuse(where, name, "is missing");
  checkGiven(fields, checks, where);
}

function checkGiven(fields: Fields, checks: Readonly<Record<string, Check>>, where: string): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(checks, name)) refuse(where, name, "is unknown");
    if (checks[name]?.(value) !== true) refuse(where, name, `is wrong (${JSON.stringify(value)})`);
  }
}

function fieldsOf(value: unknown, where: string): Fields {
  if (!isObject(value)) throw new Error(`${where}: is no object`);
  return value as Fields;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As `VendorRow.baseUrl` wants it: whole, without `/v1` and without a slash at its end. */
function isBaseUrl(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value) || /\/v1$|\/$/.test(value)) return false;
  const { origin, pathname } = new URL(value);
  return value === (pathname === "/" ? origin : `${origin}${pathname}`);
}

function refuse(where: string, field: string, what: string): never {
  throw new Error(`${where}: ${field} ${what}`);
}
