import { FarthingError } from "../../kit/farthing-error.ts";
import { parseRequestId } from "../../kit/request-id.ts";
import { usdToPico } from "../../money/decimal.ts";
import type { PicoUsd } from "../../spec/money.ts";
import type { Outcome } from "../../spec/outcome.ts";

/** Outcomes of one post. */
export const outcomesMax = 1_000;
/** More than 1,000 outcomes of the longest texts need. */
export const outcomesBytesMax = 1_048_576;

const fields = ["id", "kind", "value", "weight", "session", "request", "at"] as const;
const kindPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const idLengthMax = 128;
/** Control, format, unassigned and private characters. */
const odd = /[\p{C}\uFFFD]/u;
/** A day either way for clocks that are wrong; nothing was called before ids begin. */
const earliestMs = 1_735_689_600_000;
const aheadMsMax = 86_400_000;
const momentPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const weightMax = 1_000_000;
const weightStep = 1_000_000;
/** Amounts lie in 64 bits of pico-dollars. */
const valueMax: PicoUsd = 9_000_000n * 1_000_000_000_000n;

/**
 * Reads the body of a post: an outcome, or a list of at most 1,000.
 * @throws FarthingError `invalid_request` naming the place, what is wrong and what is right.
 */
export function parseOutcomes(document: unknown, nowMs: number): readonly Outcome[] {
  if (!Array.isArray(document)) return [parseOutcome(document, "", nowMs)];
  if (document.length === 0) throw wrong("", "is an empty list", "Post at least one outcome.");
  if (document.length > outcomesMax) {
    throw wrong("", `holds ${document.length} outcomes`, `Post at most ${outcomesMax} at once.`);
  }
  return document.map((item: unknown, index) => parseOutcome(item, `[${index}]`, nowMs));
}

/** One outcome; `place` stands before the field in messages. */
export function parseOutcome(item: unknown, place: string, nowMs: number): Outcome {
  if (typeof item !== "object" || item === null || Array.isArray(item)) {
    throw wrong(place, "is not an object", `Send {"id", "kind", "session" or "request", ...}.`);
  }
  const given = item as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    const known: readonly string[] = fields;
    if (!known.includes(name)) throw wrong(place, "holds an unknown field", `Known are ${fields.join(", ")}.`);
  }
  const session = given["session"] === undefined ? null : textOf(given, "session", place);
  const requestId = given["request"] === undefined ? null : requestOf(given, place);
  if ((session === null) === (requestId === null)) {
    throw wrong(place, "must name a session or a request", "Send exactly one of session and request.");
  }
  return {
    id: textOf(given, "id", place),
    kind: kindOf(given, place),
    valuePicoUsd: valueOf(given, place),
    weight: weightOf(given, place),
    session,
    requestId,
    atMs: momentOf(given, place, nowMs),
  };
}

function textOf(given: Readonly<Record<string, unknown>>, name: "id" | "session", place: string): string {
  const text = given[name];
  if (typeof text === "string" && text.length > 0 && text.length <= idLengthMax && !odd.test(text)) return text;
  throw wrong(`${place}.${name}`, "is not such a name", `Send 1 to ${idLengthMax} printable characters, as a string.`);
}

function requestOf(given: Readonly<Record<string, unknown>>, place: string): string {
  const text = given["request"];
  if (typeof text === "string" && parseRequestId(text) !== null) return text;
  const fix = "Send the x-farthing-request-id of the answer (fr_...); a provider's id is not looked up.";
  throw wrong(`${place}.request`, "is not a request id of Farthing", fix);
}

function kindOf(given: Readonly<Record<string, unknown>>, place: string): string {
  const kind = given["kind"];
  if (typeof kind === "string" && kindPattern.test(kind)) return kind;
  const fix = "Send up to 64 letters, digits, dots, dashes and underscores, such as ticket-resolved.";
  throw wrong(`${place}.kind`, "is not a kind", fix);
}

function valueOf(given: Readonly<Record<string, unknown>>, place: string): PicoUsd | null {
  const value = given["value"];
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : "";
  const size = usdToPico(text.replace(/^-/, ""));
  if (size !== null && size <= valueMax) return text.startsWith("-") ? -size : size;
  const fix = `Send USD as a decimal string such as "12.50" or "-3", at most 12 digits after the point.`;
  throw wrong(`${place}.value`, "is not an amount", fix);
}

function weightOf(given: Readonly<Record<string, unknown>>, place: string): number {
  const weight = given["weight"];
  if (weight === undefined) return 1;
  const units = typeof weight === "number" ? weight * weightStep : Number.NaN;
  const whole = Math.round(units);
  // A decimal of six digits is a millionth off by less than this after its way through binary.
  if (whole >= 1 && Math.abs(units - whole) <= 1e-9 * whole && Number(weight) <= weightMax) return whole / weightStep;
  throw wrong(`${place}.weight`, "is not a weight", "Send a number above 0 up to 1,000,000, at most six decimals.");
}

function momentOf(given: Readonly<Record<string, unknown>>, place: string, nowMs: number): number | null {
  const at = given["at"];
  if (at === undefined || at === null) return null;
  const atMs = typeof at === "number" ? at : typeof at === "string" && momentPattern.test(at) ? Date.parse(at) : NaN;
  if (Number.isSafeInteger(atMs) && atMs >= earliestMs && atMs <= nowMs + aheadMsMax) return atMs;
  const fix = `Send a moment since 2025 that has come, as "2026-11-21T14:05:00Z" or in milliseconds since 1970.`;
  throw wrong(`${place}.at`, "is not such a moment", fix);
}

function wrong(place: string, message: string, fix: string): FarthingError {
  const field = place.replace(/^\./, "") || "body";
  return new FarthingError("invalid_request", `${field} ${message}. ${fix}`, { field });
}
