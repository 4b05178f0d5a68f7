import { describe, expect, test } from "vitest";
import { bundledPriceBook } from "../../../src/money/book/bundled-price-book.ts";
import { allDialects } from "../../../src/providers/dialects/all-dialects.ts";
import type { Usage } from "../../../src/spec/usage.ts";
import {
  completionModels,
  embeddingModels,
  imageModels,
  speechModels,
  transcriptionModels,
} from "../../../src/testing/fake-provider/invoice-prices-endpoints.ts";
import { geminiModels } from "../../../src/testing/fake-provider/invoice-prices-gemini.ts";
import { anthropicModels, type FakeModel, openaiModels } from "../../../src/testing/fake-provider/invoice-prices.ts";
import { invoicePicoUsd, noTokens } from "../../../src/testing/fake-provider/invoice.ts";
import { importsOf, readSourceTree } from "../../source-tree.ts";
import { workedPicoUsd } from "../worked-amount.ts";
import { anthropicLines } from "./anthropic.ts";
import { linesBeyondTheFake } from "./beyond-the-fake.ts";
import { googleLines } from "./google.ts";
import { openaiLines } from "./openai.ts";
import { workedAt, workedPages, type WorkedLine } from "./worked-line.ts";

const lines = [...openaiLines, ...anthropicLines, ...googleLines, ...linesBeyondTheFake];
const book = bundledPriceBook();

const fakeModels: Readonly<Record<string, readonly ReadonlyMap<string, FakeModel>[]>> = {
  openai: [openaiModels, embeddingModels, completionModels, imageModels, speechModels, transcriptionModels],
  anthropic: [anthropicModels],
  google: [geminiModels],
};

function named(line: WorkedLine): readonly [string, WorkedLine] {
  return [`${line.vendor} ${line.model}: ${line.usd}`, line];
}

function momentOf({ at = workedAt }: WorkedLine): number {
  return Date.parse(at);
}

/** What the dialect reads out of the vendor's own block; where there is none, the tokens as they stand in the line. */
function usageOf({ dialect, reply, tokens }: WorkedLine): Usage {
  if (dialect === null) return { source: "provider", tokens };
  return allDialects[dialect].readReply(new TextEncoder().encode(JSON.stringify(reply))).usage;
}

const withoutZeros = (tokens: Usage["tokens"]): object =>
  Object.fromEntries(Object.entries(tokens).filter(([, count]) => count !== 0));

describe("lines worked by hand", () => {
  const invoiced = lines.filter(({ only }) => only !== "book");
  test("are at least a hundred, each once, of pages that are named", () => {
    expect(invoiced.length).toBeGreaterThanOrEqual(100);
    expect(new Set(lines.map((line) => named(line)[0] + JSON.stringify([line.reply, line.tokens]))).size).toBe(
      lines.length,
    );
    expect([...new Set(lines.map(({ vendor }) => vendor))].filter((vendor) => !(vendor in workedPages))).toEqual([]);
  });

  test.each(invoiced.map(named))("invoice: %s", (_name, line) => {
    const model = fakeModels[line.vendor]?.map((table) => table.get(line.model)).find((found) => found !== undefined);
    const { audioInput, ...tokens } = line.tokens;
    const counted = { ...noTokens, ...tokens, ...(audioInput === undefined ? {} : { inputAudio: audioInput }) };
    expect(invoicePicoUsd(model?.price ?? null, counted, momentOf(line))).toBe(workedPicoUsd(line.usd));
  });

  test.each(lines.filter(({ only }) => only !== "invoice").map(named))("book: %s", (_name, line) => {
    const usage = usageOf(line);
    expect(withoutZeros(usage.tokens)).toEqual(withoutZeros(line.tokens));
    const cost = book.costOf(line.vendor, line.model, usage, momentOf(line));
    expect(cost).toEqual({ state: expect.stringMatching(/^(priced|estimated)$/), picoUsd: workedPicoUsd(line.usd) });
  });

  test.each(lines.filter(({ only }) => only === "invoice").map(named))("the book says so: %s", (_name, line) => {
    expect(book.costOf(line.vendor, line.model, usageOf(line), momentOf(line)).state).toBe("unpriced");
  });
});

test("what makes the invoices imports nothing of what it judges", () => {
  const tree = readSourceTree(["src/testing"]);
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const { file } of importsOf(path, tree.get(path) ?? "")) if (file !== null) visit(file);
  };
  for (const path of tree.keys()) if (/\/invoice[^/]*(?<!\.test)\.ts$/.test(path)) visit(path);
  expect([...reached].filter((path) => !path.startsWith("src/testing/")).toSorted()).toEqual([]);
  expect(reached.size).toBeGreaterThanOrEqual(4);
});
