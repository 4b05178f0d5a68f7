import { expect, test } from "vitest";
import type { StepAnswer } from "../run/send-cache-steps.ts";
import type { CacheKind, CacheStep } from "../workload/cache-step.ts";
import { judgeCaches, type CacheLine, type CacheVerdict } from "./judge-caches.ts";
import type { LedgerLine } from "./ledger-line.ts";
import { settledRow } from "./test-rows.ts";

const boughtFor = 100n;

/** One step with what came of it: the answer's parts, and what its calls cost (0n: no call). */
interface Played {
  readonly step: CacheStep;
  readonly parts: readonly string[];
  readonly paid: bigint;
}

function chat(id: string, labels: Partial<CacheStep>, part: string, paid: bigint): Played {
  const common = { kind: "wishes", path: "/v1/chat/completions", headers: {}, body: {} } as const;
  return { step: { id, ...common, expects: "bought", sameAs: null, before: null, ...labels }, parts: [part], paid };
}

function vectors(id: string, expects: CacheStep["expects"], input: readonly string[], paid: bigint): Played {
  const common = { kind: "embeddings", path: "/v1/embeddings", headers: {}, sameAs: null, before: null } as const;
  return { step: { id, ...common, body: { input }, expects }, parts: input.map((text) => `v-${text}`), paid };
}

function lineFor(id: string, paid: bigint): LedgerLine {
  const providerRequestIds = paid === 0n ? [] : [`req-${id}`];
  const savings = [{ technique: "exact-cache", picoUsd: boughtFor - paid }];
  const { line } = settledRow(id, { line: { costPicoUsd: paid, callsPicoUsd: paid, providerRequestIds, savings } });
  return { ...line, baselinePicoUsd: boughtFor };
}

function judge(played: readonly Played[]): CacheVerdict {
  const lines = new Map(played.map(({ step, paid }) => [`fr_${step.id}`, lineFor(step.id, paid)]));
  const answers = new Map<string, StepAnswer>(
    played.map(({ step, parts }) => [step.id, { status: 200, requestId: `fr_${step.id}`, parts }]),
  );
  const invoices = played.flatMap(({ step, paid }) =>
    paid === 0n ? [] : [{ requestId: `req-${step.id}`, picoUsd: paid }],
  );
  const steps = played.map(({ step }) => step);
  return judgeCaches({ steps, answers, lines, refreshes: [], invoices, rows: played.length });
}

function lineOf(kind: CacheKind, ...played: readonly Played[]): Partial<CacheLine> | undefined {
  return judge(played).lines.find((line) => line.kind === kind);
}

const bought = chat("a", {}, "id-1", boughtFor);
const repeat = { expects: "reused", sameAs: "a" } as const;

test("a good run has no mistakes, and its money adds up", () => {
  const verdict = judge([bought, chat("b", repeat, "id-1", 0n)]);
  expect(verdict.lines.filter(({ mistakes, missed }) => mistakes + missed > 0)).toEqual([]);
  expect(verdict).toMatchObject({ naivePicoUsd: 200n, actualPicoUsd: 100n, unexplainedPicoUsd: 0n, strayRows: 0 });
  expect(verdict.invoices).toMatchObject({ calls: 1, missing: 0, unknown: 0, different: 0 });
});

test("an answer from the cache where one had to be bought is a mistake", () => {
  expect(lineOf("wishes", bought, chat("b", {}, "id-1", 0n))).toMatchObject({ reused: 1, mistakes: 1, missed: 0 });
});

test("another answer than the label's is a mistake, also one that was forgotten", () => {
  const newer = chat("b", {}, "id-2", boughtFor);
  const old = chat("c", { ...repeat, sameAs: "b" }, "id-1", 0n);
  expect(lineOf("wishes", bought, newer, old)).toMatchObject({ reused: 1, mistakes: 1 });
});

test("somebody else's answer is a mistake", () => {
  expect(lineOf("wishes", bought, chat("b", repeat, "id-of-another", 0n))).toMatchObject({ reused: 1, mistakes: 1 });
});

test("an answer that no step made must be new", () => {
  const fresh = { expects: "reused", sameAs: null } as const;
  expect(lineOf("wishes", bought, chat("b", fresh, "id-9", 0n))).toMatchObject({ mistakes: 0 });
  expect(lineOf("wishes", bought, chat("b", fresh, "id-1", 0n))).toMatchObject({ mistakes: 1 });
});

test("an answer bought although it was there is a missed chance", () => {
  const again = chat("b", repeat, "id-2", boughtFor);
  expect(lineOf("wishes", bought, again)).toMatchObject({ bought: 2, mistakes: 0, missed: 1 });
});

test("a failed step is a mistake", () => {
  expect(lineOf("wishes", { ...bought, parts: [] })).toMatchObject({ bought: 0, mistakes: 1 });
});

test("embeddings: a part may be bought, each input keeps its vector", () => {
  const first = vectors("a", "bought", ["x", "y"], boughtFor);
  const good = [first, vectors("b", "partly", ["y", "z"], 50n), vectors("c", "reused", ["z", "z"], 0n)];
  expect(lineOf("embeddings", ...good)).toMatchObject({ bought: 1, partly: 1, reused: 1, mistakes: 0, missed: 0 });
  const whole = vectors("b", "partly", ["y", "z"], boughtFor);
  expect(lineOf("embeddings", first, whole)).toMatchObject({ missed: 1 });
  const swapped = { ...vectors("b", "reused", ["y", "x"], 0n), parts: ["v-x", "v-y"] };
  expect(lineOf("embeddings", first, swapped)).toMatchObject({ mistakes: 1 });
});
