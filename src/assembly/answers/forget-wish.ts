import { FarthingError } from "../../kit/farthing-error.ts";

/** What answers may be forgotten by: names as the application knows them. */
export const forgetFields = ["documents", "tags", "prompts", "models", "routes", "users"] as const;

/** One of {@link forgetFields}. */
export type ForgetField = (typeof forgetFields)[number];

/** What is to be forgotten. An answer goes that fits any of the names. */
export interface ForgetWish extends Readonly<Record<ForgetField, readonly string[]>> {
  /** Delete the bytes too, not only forbid to serve them. Always so for users. */
  readonly erase: boolean;
}

/** Names of one wish, all fields together. */
export const forgetNamesMax = 256;
/** Bytes of a wish: 256 names of the longest kind need far less. */
export const forgetBytesMax = 262_144;
const nameLengthMax = 256;
/** Control, format, unassigned and private characters. */
const odd = /[\p{C}\uFFFD]/u;

/**
 * Reads the body of `POST /v1/cache/invalidate`.
 * @throws FarthingError `invalid_request` naming the field, what is wrong and what is right.
 */
export function parseForgetWish(document: unknown): ForgetWish {
  const fix = `Send {"documents": ["..."]}; known are ${forgetFields.join(", ")} and erase.`;
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw wrong("body", "is not an object", fix);
  const given = document as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    const known: readonly string[] = [...forgetFields, "erase"];
    if (!known.includes(name)) throw wrong("body", "holds an unknown field", fix);
  }
  const { erase = false } = given;
  if (typeof erase !== "boolean") throw wrong("erase", "is not true or false", "Send true or false.");
  const names = Object.fromEntries(forgetFields.map((field) => [field, namesOf(given, field)])) as Record<
    ForgetField,
    readonly string[]
  >;
  const count = forgetFields.reduce((sum, field) => sum + names[field].length, 0);
  if (count === 0) throw wrong("body", "names nothing to forget", fix);
  if (count > forgetNamesMax)
    throw wrong("body", `holds ${count} names`, `Send at most ${forgetNamesMax} in one call.`);
  return { ...names, erase };
}

function namesOf(given: Readonly<Record<string, unknown>>, field: ForgetField): readonly string[] {
  const list = given[field];
  if (list === undefined) return [];
  const isName = (item: unknown): item is string =>
    typeof item === "string" && item.length > 0 && item.length <= nameLengthMax && !odd.test(item);
  if (Array.isArray(list) && list.every(isName)) return list;
  throw wrong(
    field,
    "is not a list of names",
    `Send a list of texts, each 1 to ${nameLengthMax} printable characters.`,
  );
}

function wrong(field: string, message: string, fix: string): FarthingError {
  return new FarthingError("invalid_request", `${field} ${message}. ${fix}`, { field });
}
