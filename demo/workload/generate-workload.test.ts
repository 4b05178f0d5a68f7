import { expect, test } from "vitest";
import { countTokens } from "../../src/testing/fake-provider/token-scan.ts";
import { localKeyTenant, tenants } from "./features.ts";
import { generateWorkload } from "./generate-workload.ts";
import { taskShares } from "./plan-counts.ts";
import { shortTokensMax } from "./prompt-sizes.ts";
import { tasks, type RowTask, type Task, type WorkloadRow } from "./workload-row.ts";

const rows = generateWorkload({ seed: 1, requests: 1200, repeats: true });
const byId = new Map(rows.map((row) => [row.id, row]));

const shareOf = (of: readonly WorkloadRow[], holds: (row: WorkloadRow) => boolean): number =>
  of.filter(holds).length / of.length;

/** Everything of a row's body that a model reads. */
function textsOf(row: WorkloadRow): string[] {
  const system = row.dialect === "anthropic-messages" ? [row.body.system] : [];
  const contents = row.body.messages.map((message) => message.content);
  return [
    ...system,
    ...contents.flatMap((content) => (typeof content === "string" ? [content] : content.map((part) => part.text))),
  ];
}

const tokensOf = (row: WorkloadRow): number =>
  textsOf(row).reduce((sum, text) => sum + countTokens(text, row.dialect === "openai-chat" ? 7 : 5), 0);

test("the same seed gives the same rows, byte for byte", () => {
  expect(JSON.stringify(generateWorkload({ seed: 1, requests: 1200, repeats: true }))).toBe(JSON.stringify(rows));
});

test("another seed gives other texts in another order", () => {
  const other = generateWorkload({ seed: 2, requests: 1200, repeats: true });
  const bodies = new Set(rows.map((row) => JSON.stringify(row.body)));
  expect(other.filter((row) => bodies.has(JSON.stringify(row.body)))).toEqual([]);
  expect(other.map((row) => row.task)).not.toEqual(rows.map((row) => row.task));
});

test("the five tasks come in the published proportions, with prompts of about the published sizes", () => {
  const published: Readonly<Record<Task, readonly [share: number, tokens: number]>> = {
    classification: [0.5, 450],
    qa: [0.24, 2_200],
    summary: [0.16, 3_500],
    code: [0.06, 4_500],
    compliance: [0.04, 3_000],
  };
  for (const task of tasks) {
    const ofTask = rows.filter((row) => row.task === task);
    const mean = ofTask.reduce((sum, row) => sum + tokensOf(row), 0) / ofTask.length;
    expect(ofTask.length / rows.length).toBeCloseTo(published[task][0], 2);
    expect(mean / published[task][1]).toBeGreaterThan(0.93);
    expect(mean / published[task][1]).toBeLessThan(1.07);
  }
});

test("any number of requests is met exactly", () => {
  for (const requests of [1, 7, 60, 1_000, 1_001]) {
    expect(generateWorkload({ seed: 3, requests, repeats: true })).toHaveLength(requests);
    expect(generateWorkload({ seed: 3, requests, repeats: false })).toHaveLength(requests);
  }
});

test("a third is streamed, in both dialects, and both vendors are asked", () => {
  expect(shareOf(rows, (row) => row.stream)).toBeGreaterThan(0.3);
  expect(shareOf(rows, (row) => row.stream)).toBeLessThan(0.38);
  for (const dialect of ["openai-chat", "anthropic-messages"] as const) {
    expect(rows.some((row) => row.dialect === dialect && row.stream)).toBe(true);
    expect(shareOf(rows, (row) => row.dialect === dialect)).toBeGreaterThan(0.3);
  }
});

test("identical repeats are at most a tenth of all, never compliance, and reuse is as wide as reported", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const some = generateWorkload({ seed, requests: 1_000 + seed * 37, repeats: true });
    expect(shareOf(some, (row) => row.variant === "identical")).toBeLessThanOrEqual(0.1);
    expect(shareOf(some, (row) => row.variant === "identical")).toBeGreaterThan(0.08);
    expect(some.some((row) => row.task === "compliance" && row.variant !== "original")).toBe(false);
  }
  for (const task of tasks) {
    const reused = shareOf(
      rows.filter((row) => row.task === task),
      (row) => row.variant !== "original",
    );
    expect(reused).toBeCloseTo(taskShares[task].identical + taskShares[task].paraphrased, 1);
  }
});

test("an identical row has body, stream mode, tenant and cluster of the earlier row it names", () => {
  const identical = rows.filter((row) => row.variant === "identical");
  expect(identical.length).toBeGreaterThan(100);
  for (const row of identical) {
    const repeated = byId.get(row.repeats ?? "");
    if (repeated === undefined) throw new Error(`${row.id} repeats nothing`);
    expect(rows.indexOf(repeated)).toBeLessThan(rows.indexOf(row));
    expect(repeated.variant).not.toBe("identical");
    const shared = [
      "body",
      "stream",
      "streamUsage",
      "cluster",
      "tenant",
      "feature",
      "expectedRoute",
      "expectsTranslation",
    ] as const;
    for (const field of shared) expect(row[field]).toEqual(repeated[field]);
  }
});

test("no two rows that are not labelled identical have the same body", () => {
  const fresh = rows.filter((row) => row.variant !== "identical");
  expect(new Set(fresh.map((row) => JSON.stringify(row.body))).size).toBe(fresh.length);
  expect(fresh.every((row) => row.repeats === null && !row.together)).toBe(true);
});

test("a cluster begins with its original; its paraphrases share everything but the user's last text", () => {
  const clusters = Map.groupBy(rows, (row) => row.cluster);
  let paraphrases = 0;
  for (const [first, ...others] of clusters.values()) {
    if (first === undefined) throw new Error("an empty cluster");
    expect(first.variant).toBe("original");
    for (const other of others.filter((row) => row.variant === "paraphrase")) {
      paraphrases += 1;
      expect(textsOf(other).slice(0, -1)).toEqual(textsOf(first).slice(0, -1));
      expect(textsOf(other).at(-1)).not.toBe(textsOf(first).at(-1));
      expect([other.tenant, other.feature, other.expectedRoute]).toEqual([
        first.tenant,
        first.feature,
        first.expectedRoute,
      ]);
    }
  }
  expect(paraphrases).toBeGreaterThan(300);
});

test("without repeats nothing is word for word twice, and paraphrases stay", () => {
  const fresh = generateWorkload({ seed: 1, requests: 1200, repeats: false });
  expect(new Set(fresh.map((row) => JSON.stringify(row.body))).size).toBe(1200);
  expect(fresh.every((row) => row.variant !== "identical" && row.repeats === null && !row.together)).toBe(true);
  expect(fresh.filter((row) => row.variant === "paraphrase").length).toBeGreaterThan(300);
});

test("labels agree with each other: compliance is pinned, code as asked, short Q&A and summaries cheap", () => {
  const routes = new Map<RowTask, Set<string>>(tasks.map((task) => [task, new Set()]));
  for (const row of rows) routes.get(row.task)?.add(row.expectedRoute);
  expect(Object.fromEntries([...routes].map(([task, set]) => [task, [...set].toSorted()]))).toEqual({
    classification: ["cheap"],
    qa: ["as-asked", "cheap"],
    summary: ["as-asked", "cheap"],
    code: ["as-asked"],
    compliance: ["pinned"],
  });
  // Far from the border on both sides, however tokens are estimated.
  const divided = rows.filter((row) => row.task === "qa" || row.task === "summary");
  const sizes = (route: string): number[] => divided.filter((row) => row.expectedRoute === route).map(tokensOf);
  expect(Math.max(...sizes("cheap"))).toBeLessThan(shortTokensMax * 0.92);
  expect(Math.min(...sizes("as-asked"))).toBeGreaterThan(shortTokensMax * 1.25);
});

test("each tenant has about a quarter; easy work of the one with a local key crosses from Anthropic, nothing else does", () => {
  for (const tenant of tenants) {
    expect(shareOf(rows, (row) => row.tenant === tenant)).toBeGreaterThan(0.2);
    expect(shareOf(rows, (row) => row.tenant === tenant)).toBeLessThan(0.3);
  }
  const crossing = rows.filter((row) => row.expectsTranslation);
  const meant = rows.filter(
    ({ tenant, dialect, expectedRoute }) =>
      tenant === localKeyTenant && dialect === "anthropic-messages" && expectedRoute === "cheap",
  );
  expect(crossing).toEqual(meant);
  expect(new Set(crossing.map(({ task }) => task))).toEqual(new Set(["classification", "qa", "summary"]));
});

test("no text has a hole left in it", () => {
  for (const row of rows) expect(JSON.stringify(row.body)).not.toMatch(/\{\{\w+\}\}|undefined/);
});
