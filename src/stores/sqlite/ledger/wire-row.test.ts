import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Attempt } from "../../../spec/attempt.ts";
import { claimNames } from "../../../spec/caller.ts";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { billedUnits, tokenClasses } from "../../../spec/usage.ts";
import { sampleAttempt, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { createBatchWriter } from "./batch-writer.ts";
import { openForWriting } from "../data-directory.ts";
import { decodeRequest } from "../requests/decode-row.ts";
import { RowQueue, asReplay } from "./row-queue.ts";
import { columnTokenClasses, encodeDetail, encodeRequest } from "./wire-row.ts";

// Control characters, line breaks, quotes and other planes; lone halves of a pair are no text and not kept.
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("\n", "\u0000a", '"\\"', "\u2028", "é\u{1f600}"),
);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value);
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const money = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });

const usage = fc
  .record({
    source: fc.constantFrom("provider", "estimated", "unknown"),
    tokens: fc.dictionary(fc.constantFrom(...tokenClasses), count, { noNullPrototype: true }),
    serverToolCalls: fc.option(fc.dictionary(fc.constantFrom("search", "fetch"), count, { noNullPrototype: true })),
    serviceTier: fc.option(text),
    units: fc.option(
      fc.dictionary(
        fc.constantFrom(...billedUnits),
        fc.double({ min: 0, max: 1e6, noNaN: true }).map((seconds) => seconds + 0),
        { noNullPrototype: true },
      ),
    ),
    region: fc.option(text),
  })
  .map(({ serverToolCalls, serviceTier, units, region, ...rest }) => ({
    ...rest,
    ...(units === null ? {} : { units }),
    ...(region === null ? {} : { region }),
    ...(serverToolCalls === null ? {} : { serverToolCalls }),
    ...(serviceTier === null ? {} : { serviceTier }),
  })) as fc.Arbitrary<RequestRecord["usage"]>;

const cost = fc.oneof(
  fc.record({ state: fc.constantFrom("priced", "estimated", "free"), picoUsd: money }),
  fc.constant({ state: "unpriced", picoUsd: null }),
) as fc.Arbitrary<RequestRecord["cost"]>;

const attempt = fc
  .record({
    usage,
    cost,
    servedModel: optional(text),
    providerRequestId: optional(text),
    timeToFirstByteUs: optional(count),
  })
  .map((over) => sampleAttempt(0, over));

const journal = fc.array(
  fc.oneof(
    fc.constant({ stage: "meter", decision: "count", reason: "usage-reported" } as const),
    fc
      .record({ picoUsd: money, us: count, note: text }, { requiredKeys: [], noNullPrototype: true })
      .map((over) => ({ stage: "retry", decision: "again", reason: "retried", ...over }) as const),
  ),
);

const record: fc.Arbitrary<RequestRecord> = fc
  .record({
    route: text,
    claims: fc.record(
      { ...Object.fromEntries(claimNames.map((name) => [name, text])), tags: fc.array(text, { maxLength: 8 }) },
      {
        requiredKeys: ["tags"],
        noNullPrototype: true,
      },
    ) as fc.Arbitrary<RequestRecord["claims"]>,
    usage,
    cost,
    baseline: cost,
    savings: fc.array(
      fc.record(
        { technique: text, picoUsd: money, method: fc.constant("measured" as const), aloneOffPicoUsd: money },
        { noNullPrototype: true, requiredKeys: ["technique", "picoUsd", "method"] },
      ),
    ),
    attempts: fc.array(attempt, { maxLength: 3 }).map((all) => all.map((one, index): Attempt => ({ ...one, index }))),
    journal,
    stream: fc.boolean(),
    bypass: fc.boolean(),
    timeToFirstByteUs: optional(count),
  })
  .map((over) => sampleRecord(1, over));

test("any record comes back from the tables as it was", () => {
  const directory = mkdtempSync(join(tmpdir(), "farthing-row-"));
  const database = openForWriting(directory, "OFF");
  try {
    const refused: string[] = [];
    const writer = createBatchWriter(
      database,
      () => undefined,
      (reason) => refused.push(reason),
    );
    let id = 1n;
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
        const queue = new RowQueue();
        const given = records.map((one) => ({ ...one, id: (id += 1n) }));
        for (const one of given) queue.add(one);
        expect(writer.write(queue.take())).toBe(given.length);
        for (const one of given) {
          const row = database.prepare("SELECT * FROM requests WHERE id = ?").get(one.id);
          const later = database.prepare("SELECT * FROM later_attempts WHERE request_id = ? ORDER BY 2").all(one.id);
          const { requestId: _given, ...rest } = one;
          const { requestId: _read, ...read } = decodeRequest(row ?? {}, later);
          expect(read).toEqual(rest);
        }
      }),
      { numRuns: 150, seed: 7 },
    );
    expect(refused).toEqual([]);
  } finally {
    database.close();
    rmSync(directory, { recursive: true });
  }
});

test("a row has as many parameters without a call as with one, and each class of tokens stands in one place", () => {
  const tokens = Object.fromEntries(tokenClasses.map((name, index) => [name, index + 1]));
  const called = encodeRequest(
    sampleRecord(1, { attempts: [sampleAttempt(0, { usage: { source: "provider", tokens } })] }),
  );
  const columns = columnTokenClasses.map((name) => tokens[name]);
  expect(called.slice(-5, -1)).toEqual(columns);
  const others = Object.entries(tokens).filter(([, billed]) => !columns.includes(billed));
  expect(JSON.parse(String(called.at(-1)))).toEqual(Object.fromEntries(others));
  const uncalled = encodeRequest(sampleRecord(1, { attempts: [] }));
  expect(uncalled.length).toBe(called.length);
  expect(uncalled.slice(-5)).toEqual([null, null, null, null, null]);
});

const used = (input: number): RequestRecord["usage"] => ({ source: "provider", tokens: { input } });

test("a usage that is its last call's is kept once", () => {
  const kept = (whole: RequestRecord["usage"]): unknown =>
    (
      JSON.parse(
        encodeDetail(sampleRecord(1, { usage: whole, attempts: [sampleAttempt(0, { usage: used(7) })] })),
      ) as unknown[]
    )[5];
  expect([kept(used(7)), kept(used(8))]).toEqual([null, used(8)]);
});

test("a batch sent again as a replay changes nothing; sent again as new, its rows are parked", () => {
  const directory = mkdtempSync(join(tmpdir(), "farthing-row-"));
  const database = openForWriting(directory, "OFF");
  const parked: string[] = [];
  const writer = createBatchWriter(
    database,
    () => undefined,
    (reason) => parked.push(reason),
  );
  const queue = new RowQueue();
  for (const index of [1, 2]) queue.add(sampleRecord(index, { attempts: [sampleAttempt(0), sampleAttempt(1)] }));
  const batch = queue.take();
  expect([writer.write(batch), writer.write(asReplay(batch))]).toEqual([2, 2]);
  expect(parked).toEqual([]);
  expect(writer.write(batch)).toBe(2);
  expect(parked).toHaveLength(4);
  expect(database.prepare("SELECT count(*) AS n FROM attempts").get()).toEqual({ n: 4n });
  database.close();
  rmSync(directory, { recursive: true });
});

test("rows leave in order, at most 512 at once, corrections after the rows before them", () => {
  const queue = new RowQueue();
  for (let index = 0; index < 1_000; index++) queue.add(sampleRecord(index));
  queue.addCorrection(["1", "spooled", 5, null]);
  const heads = [queue.take(), queue.take()].map(
    (batch) => JSON.parse(batch.slice(0, batch.indexOf("\n"))) as unknown[][][],
  );
  expect(heads.map((head) => [head[0]?.length, head[1]?.length])).toEqual([
    [512, 0],
    [488, 1],
  ]);
  expect(heads.flatMap((head) => head[0]?.map((row) => row[0]))).toEqual(
    Array.from({ length: 1_000 }, (_, index) => sampleRecord(index).id.toString()),
  );
  expect(queue.isEmpty).toBe(true);
});
