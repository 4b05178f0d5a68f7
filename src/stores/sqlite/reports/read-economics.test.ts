import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EconomicsDimension } from "../../../spec/economics.ts";
import type { RequestRecord } from "../../../spec/ledger.ts";
import type { Outcome, OutcomePoster } from "../../../spec/outcome.ts";
import { arrivalOf, requestIdOf } from "../../../kit/request-id.ts";
import { sampleId, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { createOutcomeWriter } from "../outcomes/outcomes-writer.ts";
import { readEconomics } from "./read-economics.ts";
import { costOf, makeTestLedger, type TestLedger } from "../ledger/test-ledger-database.ts";

let ledger: TestLedger;
const startMs = arrivalOf(sampleId(0));

beforeEach(() => void (ledger = makeTestLedger()));
afterEach(() => ledger.remove());

const acme: OutcomePoster = { owner: "tenant:acme", keyId: "acme1", keyIds: ["acme1", "acme2"] };
const rival: OutcomePoster = { owner: "tenant:rival", keyId: "rival1", keyIds: ["rival1"] };
const operator: OutcomePoster = { owner: "operator", keyId: "operator", keyIds: [] };

function outcome(over: Partial<Outcome> & Pick<Outcome, "id">): Outcome {
  const named = over.requestId === undefined ? { session: "s-1", requestId: null } : { session: null };
  const base = { kind: "ticket", valuePicoUsd: null, weight: 1, requestId: null, atMs: startMs + 500 };
  return { ...base, ...named, ...over };
}

function post(poster: OutcomePoster, outcomes: readonly Outcome[]): void {
  expect(createOutcomeWriter(ledger.database).write(poster, outcomes, startMs)).toMatchObject({
    stored: outcomes.length,
  });
}

const economics = (by: EconomicsDimension = "kind") =>
  readEconomics({ directory: ledger.directory, fromMs: startMs, toMs: startMs + 1_000, by });

const call = (index: number, picoUsd: bigint | null, claims: Partial<RequestRecord["claims"]>, keyId = "acme1") =>
  sampleRecord(index, {
    keyId,
    claims: { tags: [], ...claims },
    cost: costOf(picoUsd),
    baseline: costOf(null),
    savings: [],
  });

describe("economics", () => {
  it("divide a session by weight and give what is not joined as spent without an outcome", () => {
    ledger.write([
      call(1, 100n, { session: "s-1" }),
      call(2, 1n, { session: "s-1" }, "acme2"),
      call(3, 7n, { session: "s-2" }),
      call(4, 50n, {}),
      call(5, null, { session: "s-1" }),
    ]);
    post(acme, [
      outcome({ id: "a", weight: 2, valuePicoUsd: 500n }),
      outcome({ id: "b", kind: "report" }),
      outcome({ id: "c", kind: "report", session: "s-9" }),
    ]);
    expect(economics()).toMatchObject({
      requests: 5,
      costPicoUsd: 158n,
      unpriced: 1,
      withoutOutcome: { requests: 2, costPicoUsd: 57n },
      kinds: [
        {
          kind: "ticket",
          outcomes: 1,
          unmatched: 0,
          costPicoUsd: 67n,
          costPerOutcomePicoUsd: 33n,
          marginPicoUsd: 433n,
        },
        { kind: "report", outcomes: 2, unmatched: 1, weight: 2, costPicoUsd: 34n, valued: 0, marginPicoUsd: null },
      ],
    });
  });

  it("join by request before session", () => {
    ledger.write([call(1, 100n, { session: "s-1" }), call(2, 10n, { session: "s-1" })]);
    const requestId = requestIdOf(sampleId(1));
    post(acme, [outcome({ id: "a", kind: "sale", requestId }), outcome({ id: "b", kind: "ticket" })]);
    expect(economics().kinds.map(({ kind, costPicoUsd }) => [kind, costPicoUsd])).toEqual([
      ["sale", 100n],
      ["ticket", 10n],
    ]);
  });

  it("join nothing of another tenant, whatever it is called", () => {
    ledger.write([
      call(1, 100n, { session: "s-1" }),
      call(2, 10n, { session: "s-1" }, "rival1"),
      call(3, 1n, {}, "own_1"),
    ]);
    post(rival, [
      outcome({ id: "a" }),
      outcome({ id: "b", requestId: requestIdOf(sampleId(1)) }),
      outcome({ id: "c", requestId: requestIdOf(sampleId(3)) }),
    ]);
    expect(economics()).toMatchObject({
      kinds: [{ outcomes: 3, unmatched: 2, costPicoUsd: 10n }],
      withoutOutcome: { requests: 2, costPicoUsd: 101n },
    });
  });

  it("let the operator's outcomes reach everybody's requests", () => {
    ledger.write([call(1, 100n, { session: "s-1" }), call(2, 10n, { session: "s-1" }, "rival1")]);
    post(operator, [outcome({ id: "a" })]);
    expect(economics()).toMatchObject({ kinds: [{ costPicoUsd: 110n }], withoutOutcome: { requests: 0 } });
  });

  it("count an outcome in the window in which it happened, and its spending in the window in which it was", () => {
    ledger.write([call(1, 100n, { session: "s-1" }), call(2_000, 10n, { session: "s-1" })]);
    post(acme, [outcome({ id: "early", atMs: startMs - 1 }), outcome({ id: "late", atMs: startMs + 1_000 })]);
    expect(economics()).toMatchObject({ kinds: [], withoutOutcome: { requests: 1, costPicoUsd: 100n } });
    post(acme, [outcome({ id: "within", atMs: startMs })]);
    expect(economics()).toMatchObject({ kinds: [{ outcomes: 1, costPicoUsd: 100n }] });
  });

  it("show the dearest ten runs with their steps, apart for each key", () => {
    const runs = Array.from({ length: 12 }, (_, index) =>
      call(10 + index, BigInt(index), { run: `r-${index}`, step: "only" }),
    );
    ledger.write([
      ...runs,
      call(1, 30n, { run: "r-0", step: "plan" }, "rival1"),
      call(2, 40n, { run: "r-0" }, "rival1"),
    ]);
    const found = economics().dearestRuns;
    expect(found).toHaveLength(10);
    expect(found[0]).toMatchObject({
      run: "r-0",
      keyId: "rival1",
      costPicoUsd: 70n,
      steps: [
        { step: "(none)", costPicoUsd: 40n },
        { step: "plan", costPicoUsd: 30n },
      ],
    });
    expect(found[1]).toMatchObject({ run: "r-11", keyId: "acme1" });
  });

  it("sum the lines that are left out", () => {
    ledger.write(Array.from({ length: 450 }, (_, index) => call(index, BigInt(index), { user: `u-${index}` })));
    const { lines, linesLeftOut, perNamed, costPicoUsd } = economics("user");
    expect(lines).toHaveLength(100);
    expect(lines.at(-1)?.costPicoUsd).toBe(350n);
    expect(linesLeftOut).toEqual({ groups: 350, requests: 350, costPicoUsd: (349n * 350n) / 2n });
    expect(perNamed).toEqual({ groups: 450, meanCostPicoUsd: costPicoUsd / 450n });
  });

  it("are empty where there is nothing, and refuse what they cannot tell", () => {
    expect(economics("user")).toMatchObject({ requests: 0, kinds: [], lines: [], perNamed: null, dearestRuns: [] });
    expect(() => economics("model" as "kind")).toThrow("kind, feature, user");
    expect(() => readEconomics({ directory: ledger.directory, fromMs: 5, toMs: 5, by: "kind" })).toThrow(
      "must end after it begins",
    );
  });

  it("tell what was saved in the week before the window's end", () => {
    const known = { cost: { state: "priced", picoUsd: 3n }, baseline: { state: "priced", picoUsd: 10n } } as const;
    ledger.write([sampleRecord(1, known), sampleRecord(2, { ...known, cost: { state: "unpriced", picoUsd: null } })]);
    expect(economics().savedThisWeekPicoUsd).toBe(7n);
  });
});

describe("economics: against plain arithmetic", () => {
  const sessions = fc.constantFrom("s-1", "s-2", "s-3", null);
  const calls = fc.array(
    fc.record({
      session: sessions,
      user: fc.constantFrom("u-1", "u-2", null),
      keyId: fc.constantFrom("acme1", "acme2", "rival1", "stranger"),
      picoUsd: fc.option(fc.bigInt({ min: 0n, max: 9n * 10n ** 18n })),
    }),
    { maxLength: 12 },
  );
  const outcomes = fc.array(
    fc.record({
      poster: fc.constantFrom(acme, rival, operator),
      kind: fc.constantFrom("ticket", "report"),
      weight: fc.integer({ min: 1, max: 5_000_000 }).map((units) => units / 1_000_000),
      target: fc.oneof(fc.constantFrom("s-1", "s-2", "s-3"), fc.nat({ max: 13 })),
    }),
    { maxLength: 8 },
  );

  it("what the kinds cost and what no outcome explains is the whole cost; so are the lines of every dimension", () => {
    fc.assert(
      fc.property(calls, outcomes, (some, posted) => {
        ledger.remove();
        ledger = makeTestLedger();
        ledger.write(
          some.map((one, index) =>
            call(
              index,
              one.picoUsd,
              {
                ...(one.session === null ? {} : { session: one.session }),
                ...(one.user === null ? {} : { user: one.user }),
              },
              one.keyId,
            ),
          ),
        );
        for (const [index, { poster, kind, weight, target }] of posted.entries()) {
          const named =
            typeof target === "string"
              ? { session: target }
              : { session: null, requestId: requestIdOf(sampleId(target)) };
          post(poster, [outcome({ id: `o-${index}`, kind, weight, ...named })]);
        }
        // Whose outcomes reach a call. A tenant is known from its first post on.
        const owners: Record<string, string> = { acme1: acme.owner, acme2: acme.owner, rival1: rival.owner };
        const reached = some.filter((one, index) =>
          posted.some(
            ({ poster, target }) =>
              (poster === operator || poster.owner === owners[one.keyId]) &&
              (typeof target === "string" ? target === one.session : target === index),
          ),
        );
        const sumOf = (list: typeof some): bigint => list.reduce((sum, { picoUsd }) => sum + (picoUsd ?? 0n), 0n);
        const found = economics();
        const kindCost = found.kinds.reduce((sum, { costPicoUsd }) => sum + costPicoUsd, 0n);
        expect(found.costPicoUsd).toBe(sumOf(some));
        expect(kindCost).toBe(sumOf(reached));
        expect(found.withoutOutcome).toEqual({
          requests: some.length - reached.length,
          costPicoUsd: found.costPicoUsd - kindCost,
        });
        for (const by of ["user", "session"] as const) {
          const { lines } = economics(by);
          expect(lines.reduce((sum, { costPicoUsd }) => sum + costPicoUsd, 0n)).toBe(found.costPicoUsd);
          expect(lines.reduce((sum, { joinedCostPicoUsd }) => sum + joinedCostPicoUsd, 0n)).toBe(kindCost);
        }
      }),
      { numRuns: 150, interruptAfterTimeLimit: 20_000 },
    );
  }, 30_000);
});
