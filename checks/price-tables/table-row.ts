import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { TokenClass } from "../../src/spec/usage.ts";

// Public price tables, beside the repository where somebody keeps a copy. They are compared with, never read from.
const tables = new URL("../../../shared/data/prices/", import.meta.url);

/** Whether the copies of the tables are there at all. */
export const tablesPresent: boolean = existsSync(tables);

/** USD per million tokens by class, as a table prints them. */
export type TablePrices = Readonly<Partial<Record<TokenClass, number>>>;

/** A table's word on one model: what a token of each class costs under stated circumstances. */
export interface TableRow {
  readonly table: string;
  /** Our id of the vendor. */
  readonly vendor: string;
  readonly model: string;
  /** Instant that the row speaks of, ISO 8601 in UTC: the day the table was made, unless the row says another. */
  readonly at: string;
  /** Threshold of the context tier that `usd` is for; 0: the base. */
  readonly aboveInputTokens: number;
  /** Service tier that `usd` is for; absent: the default one. */
  readonly serviceTier?: string;
  /** Region that `usd` is for; absent: no particular one. */
  readonly region?: string;
  readonly usd: TablePrices;
}

/** The content of a table, gzipped or not, as text. */
export function readTableText(name: string): string {
  const bytes = readFileSync(new URL(name, tables));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** The content of a JSON table. */
export function readTableJson(name: string): unknown {
  const parsed: unknown = JSON.parse(readTableText(name));
  return parsed;
}

/** USD per million from USD per token, without the noise of floats. */
export function perMillion(usdPerToken: number | undefined): number | undefined {
  return usdPerToken === undefined ? undefined : Number((usdPerToken * 1e6).toFixed(6));
}

/** The prices that are there. */
export function pricesOf(classes: Readonly<Partial<Record<TokenClass, number | undefined>>>): TablePrices {
  return Object.fromEntries(Object.entries(classes).filter(([, usd]) => usd !== undefined));
}

/** Tables know one write price; its lifetime is the shortest that the vendor of the model sells. */
export function shortWrite(
  vendor: string,
  usd: number | undefined,
): Readonly<Partial<Record<TokenClass, number | undefined>>> {
  if (vendor === "anthropic") return { cacheWrite5m: usd };
  return vendor === "openai" ? { cacheWrite30m: usd } : {};
}
