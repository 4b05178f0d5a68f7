import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import type { FarthingConfig } from "../spec/config.ts";
import type { ProblemList } from "./problem-list.ts";

/** What is wrong with a price document, naming the field; null when nothing is. */
export type PriceCheck = (document: unknown) => string | null;

/** Every price a vendor ever had fits into a fraction of this. */
const fileBytesMax = 8_388_608;
const fix = "See An entry in docs/reference/prices.md; prices are texts in quotes.";

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

/** JSON is YAML too. The parser's own message would quote the file, so it is not passed on. */
function parseText(text: string): { readonly ok: true; readonly document: unknown } | { readonly ok: false } {
  try {
    return { ok: true, document: parse(text, { version: "1.2", logLevel: "error" }) as unknown };
  } catch {
    return { ok: false };
  }
}
