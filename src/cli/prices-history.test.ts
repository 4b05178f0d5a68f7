import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { createIdSource, requestIdOf } from "../kit/request-id.ts";
import type { Attempt } from "../spec/attempt.ts";
import { sampleAttempt, sampleRecord } from "../testing/ledger-conformance.ts";
import { writeLedger } from "./test-data-directory.ts";
import { folderWith, runHere } from "./test-run.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A call at a moment; 1,000 tokens in and 500 out of gpt-4o-mini cost $0.00045. */
function call(at: string | number, over: Partial<Attempt> = {}): Attempt {
  const startedAtMs = typeof at === "string" ? Date.parse(at) : at;
  const usage = { source: "provider", tokens: { input: 1000, output: 500 } } as const;
  return sampleAttempt(0, { startedAtMs, usage, cost: { state: "priced", picoUsd: 450_000_000n }, ...over });
}

/** A folder whose ledger has a request for each list of calls, and these price files of the operator. */
function folderOf(requests: readonly (readonly Attempt[])[], files: Readonly<Record<string, object>> = {}): string {
  const names = Object.keys(files);
  const folder = folderWith(`dataDirectory: data\n${names.length === 0 ? "" : `prices: [${names.join(", ")}]\n`}`);
  folders.push(folder);
  for (const [name, file] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(file));
  const records = requests.map((attempts, index) => {
    const arrivedAtMs = attempts[0]?.startedAtMs ?? 0;
    const id = createIdSource(() => arrivedAtMs, index)();
    const numbered = attempts.map((attempt, at) => ({ ...attempt, index: at }));
    return sampleRecord(0, { id, requestId: requestIdOf(id), arrivedAtMs, attempts: numbered });
  });
  writeLedger(folder, records);
  return folder;
}

type Json = Readonly<Record<string, unknown>>;
const json = async (words: readonly string[], folder: string): Promise<Json> =>
  JSON.parse((await runHere(["prices", ...words, "--json"], folder)).out) as Json;

const ofOpenai = (rest: object): object => ({ vendor: "openai", ...rest });
const priceOf = (id: string, input: string, output: string, from: string | null = null): object => ({
  id,
  prices: [
    {
      from,
      caching: "none",
      usdPerMillion: { input, output },
      confidence: "high",
      source: "a test",
      checked: "2026-11-21",
    },
  ],
});

describe("prices reprice", () => {
  const minuteAgo = Date.now() - 60_000;
  const unpriced = { state: "unpriced", picoUsd: null } as const;

  it("finds nothing to change where nothing changed, retries and what was free included", async () => {
    const refused = call(minuteAgo, { outcome: "refused", cost: { state: "free", picoUsd: 0n } });
    const seconds = call(minuteAgo, {
      model: "whisper-1",
      usage: { source: "provider", tokens: {}, units: { audioInputSecond: 12.5 } },
      cost: { state: "priced", picoUsd: 1_250_000_000n },
    });
    const uplift = call(minuteAgo, {
      vendor: "anthropic",
      model: "claude-opus-5",
      usage: { source: "provider", tokens: { input: 1000 }, region: "us" },
      cost: { state: "priced", picoUsd: 5_500_000_000n },
    });
    const folder = folderOf([[refused, call(minuteAgo)], [seconds], [uplift]]);
    const { total } = await json(["reprice", "--now"], folder);
    expect(total).toMatchObject({
      calls: 3,
      recordedPicoUsd: "7200000000",
      repricedPicoUsd: "7200000000",
      unpriced: 0,
    });
  });

  it("tells by model what another book makes of it, and what it prices or no longer does", async () => {
    const folder = folderOf([
      [call(minuteAgo)],
      [call(minuteAgo, { vendor: "house", model: "own", cost: unpriced })],
      [call(minuteAgo, { vendor: "gone", model: "old", cost: { state: "priced", picoUsd: 7n } })],
      [call(minuteAgo, { vendor: "gone", model: "old", cost: unpriced })],
    ]);
    writeFileSync(
      join(folder, "mini.json"),
      JSON.stringify(ofOpenai({ models: [priceOf("gpt-4o-mini", "0.3", "1.2")] })),
    );
    writeFileSync(join(folder, "own.json"), JSON.stringify({ vendor: "house", models: [priceOf("own", "1", "2")] }));
    const dearer = await json(["reprice", "--as", "mini.json"], folder);
    expect(dearer["models"]).toMatchObject([
      { model: "gpt-4o-mini", calls: 1, recordedPicoUsd: "450000000", repricedPicoUsd: "900000000" },
      { model: "own", unpriced: 1 },
      { model: "old", calls: 2, newlyUnpriced: { calls: 1, picoUsd: "7" }, unpriced: 1 },
    ]);
    const own = await json(["reprice", "--as", "own.json"], folder);
    expect(own["total"]).toMatchObject({ newlyPriced: { calls: 1, picoUsd: "2000000000" } });
    const shown = await runHere(["prices", "reprice", "--as", "mini.json"], folder);
    expect(shown.out).toMatch(/openai\/gpt-4o-mini +1 +\$0\.000450 +\$0\.000900 +\$0\.000450/);
    expect(shown.talk).toContain("The ledger stays as it is");
    // Nothing was written: the same question has the same answer.
    expect(await json(["reprice", "--as", "mini.json"], folder)).toMatchObject({ models: dearer["models"] });
  });

  it("each call at its own moment", async () => {
    const day = 86_400_000;
    const folder = folderOf([[call(Date.now() - 20 * day)], [call(Date.now() - day)]]);
    const from = new Date(Date.now() - 10 * day).toISOString().slice(0, 10);
    const halved = ofOpenai({ models: [priceOf("gpt-4o-mini", "0.075", "0.3", from)] });
    writeFileSync(join(folder, "halved.json"), JSON.stringify(halved));
    const { total } = await json(["reprice", "--as", "halved.json"], folder);
    expect(total).toMatchObject({ recordedPicoUsd: "900000000", repricedPicoUsd: "675000000" });
  });

  it("compare takes the ledger's tokens, check finds the models without a price", async () => {
    const folder = folderOf([[call(minuteAgo)], [call(minuteAgo, { vendor: "house", model: "own", cost: unpriced })]]);
    const found = await json(["compare", "--baseline", "openai/gpt-4o"], folder);
    // Both calls' tokens are known, though one has no price: 2,000 in and 1,000 out at 2.50/10.
    expect(found).toMatchObject({ calls: 2, input: "2000", output: "1000", baseline: { picoUsd: "15000000000" } });
    const { out, code } = await runHere(["prices", "check"], folder);
    expect(code).toBe(0);
    expect(out).toContain("without a price: house/own (1 calls)");
  });
});

const usd = (text: string): string => (BigInt(text) * 1_000_000_000_000n).toString();

describe("prices statement", () => {
  it("adds up list, discounts, capacity, shortfalls and credits of a month", async () => {
    const clause = { from: "2026-10-01", source: "a contract" };
    const terms = ofOpenai({
      discounts: [{ ...clause, models: "gpt-4o-mini", percentOff: 20 }],
      contracts: {
        credits: [{ ...clause, id: "welcome", usd: "1" }],
        commitments: [{ ...clause, id: "yearly", usdPerMonth: "2000" }],
        provisioned: [{ ...clause, id: "ptu", models: "gpt-5*", usdPerHour: "2", from: "2026-11-11" }],
      },
    });
    const million = { source: "provider", tokens: { input: 1_000_000, output: 500_000 } } as const;
    const folder = folderOf(
      [
        // $0.45 list, $0.36 contracted; the first uses up a part of the credit.
        [call("2026-10-15T12:00:00Z", { usage: million })],
        [call("2026-11-05T12:00:00Z", { usage: million })],
        [call("2026-11-05T12:00:00Z", { model: "acme", cost: { state: "unpriced", picoUsd: null } })],
        [call("2026-12-01T00:00:00Z", { usage: million })],
      ],
      { "terms.json": terms },
    );
    const found = await json(["statement", "--month", "2026-11"], folder);
    expect(found).toMatchObject({
      from: "2026-11-01",
      to: "2026-12-01",
      callsFrom: "2026-10-01",
      isOver: expect.any(Boolean),
      statements: [
        {
          vendor: "openai",
          listPicoUsd: "450000000000",
          discountsPicoUsd: "90000000000",
          contractedPicoUsd: "360000000000",
          recordedPicoUsd: "450000000",
          unpricedCalls: 1,
          provisioned: [{ id: "ptu", hours: 480, picoUsd: usd("960") }],
          // 960.36 counted of 2,000
          commitments: [{ month: "2026-11", shortfallPicoUsd: "1039640000000000" }],
          // 1 less the 0.36 of October
          credits: [{ usedPicoUsd: "640000000000", leftPicoUsd: "0" }],
          // 0.36 + 960 + 1039.64 - 0.64
          payablePicoUsd: "1999360000000000",
        },
      ],
    });
    const shown = await runHere(["prices", "statement", "--month", "2026-11"], folder);
    expect(shown.out).toMatch(/^payable +\$1,999\.36$/m);
    expect(shown.out).toContain("1 calls without a price are in none of it");
    expect(shown.talk).toContain("from 2026-10-01 on");
  });

  it("has a line of amounts for vendors without terms, and says when there is nothing", async () => {
    const folder = folderOf([[call("2026-11-05T12:00:00Z")]]);
    expect((await json(["statement", "--month", "2026-11"], folder))["statements"]).toMatchObject([
      { vendor: "openai", listPicoUsd: "450000000", payablePicoUsd: "450000000", credits: [] },
    ]);
    expect((await runHere(["prices", "statement", "--month", "2026-10"], folder)).talk).toContain(
      "No calls and no terms",
    );
    const later = folderOf([[call("2093-11-05T12:00:00Z")]]);
    const open = await runHere(["prices", "statement", "--month", "2093-11"], later);
    expect(open.talk).toContain("The month is not over");
  });
});
