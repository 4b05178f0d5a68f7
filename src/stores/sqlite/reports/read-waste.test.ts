import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Attempt } from "../../../spec/attempt.ts";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { arrivalOf } from "../../../kit/request-id.ts";
import { sampleAttempt, sampleId, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { readWaste } from "./read-waste.ts";
import { costOf, makeTestLedger, type TestLedger } from "../ledger/test-ledger-database.ts";

let ledger: TestLedger;
const startMs = arrivalOf(sampleId(0));

beforeEach(() => void (ledger = makeTestLedger()));
afterEach(() => ledger.remove());

const usage = (tokens: object) => ({ usage: { source: "provider", tokens } }) as Partial<Attempt>;

const waste = () => readWaste({ directory: ledger.directory, fromMs: startMs, toMs: startMs + 10_000_000 });

/** A request whose calls cost these amounts, the last one ending so. */
function call(
  index: number,
  costs: readonly (bigint | null)[],
  last: Partial<Attempt> = {},
  over: Partial<RequestRecord> = {},
): RequestRecord {
  const attempts = costs.map((picoUsd, at) =>
    sampleAttempt(at, { cost: costOf(picoUsd), ...(at === costs.length - 1 ? last : { outcome: "timeout" }) }),
  );
  const cost = costOf(costs.reduce<bigint | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0n));
  return sampleRecord(index, { attempts, cost, savings: [], clientRetries: 0, ...over });
}

/** Requests and money of each line that is not empty. */
function lines(): Record<string, readonly [number, bigint]> {
  return Object.fromEntries(
    waste().lines.flatMap(({ name, requests, picoUsd }) => (requests === 0 ? [] : [[name, [requests, picoUsd]]])),
  );
}

describe("waste", () => {
  it.each([
    ["an answer", call(1, [5n]), {}],
    [
      "a failure that is billed",
      call(1, [5n], { outcome: "stream-error" }, { outcome: "error" }),
      { "billed-failures": [1, 5n] },
    ],
    ["a failure that is not", call(1, [0n], { outcome: "refused" }, { outcome: "error" }), {}],
    [
      "an answer that broke off",
      call(1, [5n], { outcome: "truncated" }, { outcome: "truncated" }),
      { "billed-failures": [1, 5n] },
    ],
    ["a time-out", call(1, [2n, 3n], { outcome: "timeout" }, { outcome: "error" }), { "time-outs": [1, 5n] }],
    ["a caller that left", call(1, [2n, 3n], { outcome: "aborted" }, { outcome: "aborted" }), { aborted: [1, 5n] }],
    ["a retry that answered", call(1, [2n, 3n, 7n]), { "gateway-retries": [1, 5n] }],
    ["a retry after a call that cost nothing", call(1, [0n, 7n]), {}],
    ["a retry that was cut off", call(1, [0n, 7n], { finishReason: "length" }), { "length-truncations": [1, 7n] }],
    ["an answer that was cut off", call(1, [7n], { finishReason: "length" }), { "length-truncations": [1, 7n] }],
  ])("%s", (_name, record, expected) => {
    ledger.write([record]);
    expect(lines()).toEqual(expected);
  });

  it("names a client's repeat by the answer it did not get, once, within a quarter of an hour", () => {
    const repeat = { clientRetries: 1 };
    ledger.write([call(1, [5n]), call(2, [6n], {}, repeat), call(900_100, [7n], {}, repeat)]);
    expect(lines()).toEqual({ "client-retries": [1, 5n] });
  });

  it("takes a request of another key, model, claim or size for no repeat", () => {
    const tokens = { usage: { source: "provider", tokens: { input: 1 } } } as const;
    const repeat = { clientRetries: 1 };
    ledger.write([
      call(1, [5n]),
      call(2, [5n], {}, { ...repeat, keyId: "other" }),
      call(3, [5n], {}, { ...repeat, requestedModel: "other" }),
      call(4, [5n], {}, { ...repeat, claims: { tags: [] } }),
      call(5, [5n], tokens, repeat),
    ]);
    expect(lines()).toEqual({});
  });

  it("knows a repeat that reads from the provider's cache what the first one wrote", () => {
    ledger.write([
      call(1, [5n], usage({ input: 10, cacheWrite5m: 90 })),
      call(2, [0n, 1n], usage({ input: 10, cacheRead: 90 }), { clientRetries: 1 }),
    ]);
    expect(lines()).toEqual({ "client-retries": [1, 5n] });
  });

  it("counts what has no price, and says that the amount lacks it", () => {
    ledger.write([call(1, [null], { outcome: "aborted" }, { outcome: "aborted" }), call(2, [3n])]);
    expect(waste().lines.find(({ name }) => name === "aborted")).toMatchObject({
      requests: 1,
      unpriced: 1,
      picoUsd: 0n,
    });
    expect(waste().costPicoUsd).toBe(3n);
  });

  it("is empty where there is nothing, and says what cannot be known", () => {
    const found = waste();
    expect(found).toMatchObject({ requests: 0, costPicoUsd: 0n, wastePicoUsd: 0n });
    expect(found.notKnown.map(({ name }) => name)).toContain("cache writes never read");
    expect(() => readWaste({ directory: ledger.directory, fromMs: 1, toMs: 1 })).toThrow("must end after it begins");
  });

  it("adds up: every request in one line, all lines together at most the cost", () => {
    const record = fc.record({
      costs: fc.array(fc.option(fc.bigInt({ min: 0n, max: 10n ** 18n })), { minLength: 1, maxLength: 3 }),
      attemptOutcome: fc.constantFrom("complete", "timeout", "aborted", "stream-error" as const),
      finishReason: fc.constantFrom("stop", "length" as const),
      outcome: fc.constantFrom("ok", "error", "aborted", "truncated" as const),
      clientRetries: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 15 }), (some) => {
        ledger.remove();
        ledger = makeTestLedger();
        ledger.write(
          some.map(({ costs, attemptOutcome, finishReason, outcome, clientRetries }, index) =>
            call(index, costs, { outcome: attemptOutcome, finishReason }, { outcome, clientRetries }),
          ),
        );
        const found = waste();
        const sum = found.lines.reduce((all, line) => all + line.picoUsd, 0n);
        expect(found.wastePicoUsd).toBe(sum);
        expect(sum).toBeLessThanOrEqual(found.costPicoUsd);
        expect(found.lines.reduce((all, line) => all + line.requests, 0)).toBeLessThanOrEqual(some.length);
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  }, 30_000);
});
