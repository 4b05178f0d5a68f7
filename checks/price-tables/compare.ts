import type { PriceBook } from "../../src/spec/prices.ts";
import type { Usage } from "../../src/spec/usage.ts";
import { genaiPricesRows } from "./genai-prices.ts";
import { langfuseRows } from "./langfuse.ts";
import { litellmRows } from "./litellm.ts";
import { modelsDevRows } from "./models-dev.ts";
import { observedRows } from "./observed.ts";
import type { TableRow } from "./table-row.ts";

/** A difference between a table and the price book. */
export interface Disagreement {
  readonly vendor: string;
  readonly model: string;
  /** The book has no price of the model at all on that day, so nothing of it can be wrong. */
  readonly missing: boolean;
  /** `table vendor model: what differs`, unique. */
  readonly text: string;
}

/** Mostly not text: such a model need not be carried, but if it is, its prices are compared like any other's. */
const notText = /moderation|image|tts|transcribe|realtime|whisper|live|native-audio|imagine|lyria|veo/;
/** Tokens of the class whose price is asked: enough that percentages leave no remainder. */
const probeTokens = 10_000;

/** Every row of every table that has prices of these vendors by the token. */
export function tableRows(vendors: ReadonlySet<string>): Readonly<Record<string, readonly TableRow[]>> {
  const about = ({ vendor, usd }: TableRow): boolean => vendors.has(vendor) && Object.keys(usd).length > 0;
  return {
    litellm: litellmRows().filter(about),
    "genai-prices": genaiPricesRows(vendors).filter(about),
    langfuse: langfuseRows().filter(about),
    "models.dev": modelsDevRows(vendors).filter(about),
    observed: observedRows().filter(about),
  };
}

/** What a table says and the book does not: by what it would really bill, not by how its files are written. */
export function disagreementsOf(book: PriceBook, row: TableRow): readonly Disagreement[] {
  const { vendor, model } = row;
  const where = `${row.table} ${vendor} ${model}`;
  if (book.worstCase(vendor, model, 1, 1, Date.parse(row.at)) === null) {
    return notText.test(model) ? [] : [{ vendor, model, missing: true, text: `${where}: missing` }];
  }
  return Object.entries(row.usd).flatMap(([name, there]) => {
    const here = usdPerMillionHere(book, row, name);
    if (here === there) return [];
    const text = `${where}: ${name}${circumstances(row)} is ${there} there, ${here ?? "unpriced"} here`;
    return [{ vendor, model, missing: false, text }];
  });
}

function circumstances({ aboveInputTokens, serviceTier, region }: TableRow): string {
  const above = aboveInputTokens === 0 ? "" : ` above ${aboveInputTokens}`;
  return above + (serviceTier === undefined ? "" : ` ${serviceTier}`) + (region === undefined ? "" : ` in ${region}`);
}

/** What the book bills for more tokens of the class, in USD per million; null where it has no price. */
function usdPerMillionHere(book: PriceBook, row: TableRow, name: string): number | null {
  const { serviceTier, region } = row;
  const floor = { input: row.aboveInputTokens + 1 };
  const probe = name === "input" ? { input: floor.input + probeTokens } : { ...floor, [name]: probeTokens };
  const bill = (tokens: Usage["tokens"]): bigint | null => {
    const usage: Usage = {
      source: "provider",
      tokens,
      ...(serviceTier === undefined ? {} : { serviceTier }),
      ...(region === undefined ? {} : { region }),
    };
    return book.costOf(row.vendor, row.model, usage, Date.parse(row.at)).picoUsd;
  };
  const all = bill(probe);
  const without = bill(floor);
  return all === null || without === null ? null : Number(all - without) / probeTokens / 1e6;
}
