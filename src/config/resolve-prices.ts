import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import type { FarthingConfig } from "../spec/config.ts";
import type { ProblemList } from "./problem-list.ts";

/** What is wrong with a price document, naming the field; null when nothing is. */
export type PriceCheck = (document: unknown) => string | null;

/** Every price a vendor ever had fits into a fraction of this. */
const fileBytesMax = 8_388_608;
const fix = "See An entry in docs/reference/prices.md; prices are texts in quotes.";

/** What `farthing prices update` took, in a data directory. */
export function priceUpdateFile(dataDirectory: string): string {
  return join(dataDirectory, "prices.json");
}

const priceUpdateSchema: z.ZodType<PriceUpdate> = z.strictObject({
  version: z.literal(1),
  takenAt: z.iso.datetime(),
  from: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  documents: z.array(z.unknown()).max(1000),
});

/** An update as it is kept. */
export interface PriceUpdate {
  readonly version: 1;
  /** When it was taken, ISO 8601. */
  readonly takenAt: string;
  /** The file or address it was read from. */
  readonly from: string;
  /** Of the bytes that were read, hex. */
  readonly sha256: string;
  /** None: back to the prices that ship with Farthing. */
  readonly documents: readonly unknown[];
}

/** Reads what `farthing prices update` took. A damaged file is a problem, never "no update". */
export function resolvePriceUpdate(
  dataDirectory: string,
  check: PriceCheck | undefined,
  list: ProblemList,
): Pick<FarthingConfig, "priceUpdate"> {
  const file = priceUpdateFile(dataDirectory);
  if (!existsSync(file)) return {};
  const update = readPriceUpdate(readFileSync(file, "utf8"));
  const wrong =
    update === null
      ? "the file is damaged"
      : (update.documents.map((document) => check?.(document) ?? null).find((text) => text !== null) ?? null);
  if (wrong !== null) list.addOutside(file, "", wrong, "Remove it to go back to the prices that ship with Farthing.");
  return update === null || wrong !== null || update.documents.length === 0 ? {} : { priceUpdate: update.documents };
}

/** An update as it is kept, from the text of its file; null when the text is none. */
export function readPriceUpdate(text: string): PriceUpdate | null {
  try {
    return priceUpdateSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Reads the operator's price files, relative to the config's folder, and checks each. Wrong ones are left out and listed. */
export function resolvePrices(
  written: readonly string[] | undefined,
  configFile: string | null,
  check: PriceCheck | undefined,
  list: ProblemList,
): Pick<FarthingConfig, "prices" | "priceFiles"> {
  if (written === undefined) return {};
  const folder = configFile === null ? "." : dirname(configFile);
  const priceFiles = written.map((name) => resolve(folder, name));
  const prices = priceFiles.flatMap((file, index) => {
    const text = readText(file, index, written.length, list);
    if (text === null) return [];
    const read = parseText(text);
    const wrong = read.ok ? (check?.(read.document) ?? null) : "it is neither JSON nor YAML";
    if (wrong !== null) list.addOutside(file, "", wrong, fix);
    return wrong === null && read.ok ? [read.document] : [];
  });
  return { prices, priceFiles };
}

/** Null, and a problem at the place in the config that names the file, when it cannot be read. */
function readText(file: string, index: number, count: number, list: ProblemList): string | null {
  const isAlone = count === 1 && !list.has(["prices", 0]);
  const path = isAlone ? ["prices"] : ["prices", index];
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= fileBytesMax) return new TextDecoder().decode(bytes);
    list.add(
      path,
      `the price file ${file} is larger than 8 MiB`,
      "Split it by vendor, or check that it is the right file.",
    );
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    list.add(path, `the price file ${file} cannot be read (${code})`, "Create it, or correct the path or its mode.");
  }
  return null;
}

/** A text as JSON or YAML; JSON is YAML too. The parser's own message would quote the file, so it is not passed on. */
export function parseText(text: string): { readonly ok: true; readonly document: unknown } | { readonly ok: false } {
  try {
    return { ok: true, document: parse(text, { version: "1.2", logLevel: "error" }) as unknown };
  } catch {
    return { ok: false };
  }
}
