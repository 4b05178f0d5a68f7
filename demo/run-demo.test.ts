import { hash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findDefects } from "./report/demo-result.ts";
import { renderReport } from "./report/render-report.ts";
import { toMeasurement } from "./report/to-measurement.ts";
import { serverKeys } from "./run/demo-config.ts";
import { runDemo, type DemoRun, type DemoSettings } from "./run-demo.ts";
import { backfill } from "./workload/backfill.ts";
import { localKeyTenant, tenants } from "./workload/features.ts";
import { generateWorkload } from "./workload/generate-workload.ts";

const directory = mkdtempSync(join(tmpdir(), "farthing-demo-"));
const settings: DemoSettings = {
  // Its translated rows are whole and streamed, and one of them is repeated.
  seed: 1,
  requests: 80,
  repeats: true,
  concurrency: 6,
  latencyPairs: 0,
  dataDirectory: join(directory, "with-repeats"),
  usualPorts: false,
  progress: { write: () => true },
};
let run: DemoRun;

beforeAll(async () => {
  run = await runDemo(settings);
  await run.stop();
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

test("a real run through real processes has no defect, and its bill equals the provider's own invoice", () => {
  const { result } = run;
  expect(findDefects(result)).toEqual([]);
  expect(result.bill.unexplainedPicoUsd).toBe(0n);
  expect(result.invoices.invoicedPicoUsd).toBe(result.bill.actualPicoUsd - result.bill.lookupsPicoUsd);
  expect(result.bill.lookupsPicoUsd).toBeGreaterThan(0n);
  expect(result.bill.actualPicoUsd).toBeGreaterThan(0n);
});

test("every repeat is served for nothing, every row labelled cheap by the cheaper model, nothing else", () => {
  const { bill, ceilings, misses, identical } = run.result;
  expect(identical).toBeGreaterThan(3);
  expect(bill.hits + bill.shared).toBe(identical);
  expect(misses).toEqual({ repeatsPaid: 0, cheapPaidInFull: 0, notTranslated: 0 });
  const saved = (technique: string): bigint => bill.savedPicoUsd.get(technique) ?? 0n;
  expect(saved("exact-cache") + saved("coalesce") + bill.lookupsPicoUsd).toBe(ceilings.repeats);
  expect(saved("choose-target")).toBe(ceilings.reroute);
  const compliance = bill.byTask.get("compliance");
  expect(compliance?.requests).toBeGreaterThan(0);
  expect(compliance?.actualPicoUsd).toBe(compliance?.naivePicoUsd);
});

test("the job that runs away spends no more than its budget, is refused the rest, and nobody else is", () => {
  const { backfill: verdict, bill, balanceMinusInvoicePicoUsd, mistakes } = run.result;
  expect(verdict.served + verdict.refused).toBe(backfill.calls);
  expect(verdict.served).toBeGreaterThan(10);
  expect(verdict.refused).toBeGreaterThan(10);
  expect(verdict.spentPicoUsd).toBeLessThanOrEqual(backfill.limitPicoUsd);
  expect(verdict).toMatchObject({ overshootPicoUsd: 0n, refusedTooEarly: 0, servedWithoutRoom: 0, refusedYetSent: 0 });
  expect(balanceMinusInvoicePicoUsd).toBe(0n);
  // What was refused is in no sum: neither spent nor saved.
  expect(bill.byTask.get("backfill")).toMatchObject({
    requests: verdict.served,
    naivePicoUsd: verdict.spentPicoUsd,
    actualPicoUsd: verdict.spentPicoUsd,
  });
  expect(bill.requests).toBe(settings.requests + verdict.served);
  expect(mistakes.failedCalls).toBe(0);
});

test("each answer cache does what its labels say, and nothing of compliance comes from one", () => {
  const { lines, refreshes } = run.result.caches;
  expect(lines.filter(({ mistakes, missed }) => mistakes + missed > 0)).toEqual([]);
  expect(lines.filter(({ reused }) => reused === 0).map(({ kind }) => kind)).toEqual(["near-miss", "compliance"]);
  expect(lines.find(({ kind }) => kind === "embeddings")).toMatchObject({ bought: 1, partly: 1, reused: 2 });
  expect(refreshes).toBeGreaterThan(0);
});

test("economics and waste say what the labels say, to the pico-dollar", () => {
  const { outcomes, watch, bill, backfill: verdict } = run.result;
  expect(outcomes).toMatchObject({ lost: 0, costMinusLabelsPicoUsd: 0n, sumMinusBillPicoUsd: 0n });
  expect(outcomes.tickets).toBeGreaterThan(3);
  expect(outcomes.costPicoUsd + outcomes.withoutPicoUsd).toBe(bill.actualPicoUsd);
  expect(watch).toMatchObject({ wastePicoUsd: verdict.spentPicoUsd, largestCause: "length-truncations" });
  expect([watch.wasteMinusLabelsPicoUsd, watch.alertsNotDue]).toEqual([0n, 0]);
});

test("easy work of the tenant with a local key is translated, all of it and nothing else, under the server's keys", () => {
  const { bill, ceilings } = run.result;
  const expected = generateWorkload(settings).filter((row) => row.expectsTranslation && row.variant !== "identical");
  expect(bill.translated).toBe(expected.length);
  expect(bill.translated).toBeGreaterThan(3);
  expect(bill.translatedSavedPicoUsd).toBe(ceilings.translated);
  const log = readFileSync(join(settings.dataDirectory, "invoice.jsonl"), "utf8").trim().split("\n");
  const digests = new Set(log.map((line) => (JSON.parse(line) as { keyDigest: string }).keyDigest));
  const ownKeys = tenants
    .filter((tenant) => tenant !== localKeyTenant)
    .flatMap((tenant) => [`sk-demo-${tenant}`, `sk-ant-demo-${tenant}`]);
  const allowed = [...ownKeys, ...Object.values(serverKeys)].map((key) => hash("sha256", key).slice(0, 16));
  // A local key never leaves the gateway.
  expect([...digests].toSorted()).toEqual(allowed.toSorted());
});

test("the report is narrow and says what is simulated; the JSON holds its bars", () => {
  const text = renderReport(run.result, true);
  const wide = text.split("\n").filter((line) => line.length > 100 && !line.includes(run.result.dataDirectory));
  expect(wide).toEqual([]);
  expect(text).toContain("answers are simulated");
  expect(text).toContain("quality not measured");
  expect(text).toContain("to the pico-dollar");
  expect(text).toContain(`${run.result.backfill.refused} before they were sent: not spent, and not saved either`);
  expect(text).toContain(`resolved tickets      ${run.result.outcomes.tickets} for $`);
  expect(text).toContain(`of it translated: ${run.result.bill.translated} requests`);
  expect(text).toContain(`OPENAI_BASE_URL=${run.result.origin}/v1`);
  expect(text).not.toMatch(/NaN|undefined|DEFECT/);
  const { results } = toMeasurement(run.result);
  expect(results.find(({ name }) => name === "actual-bill")?.value).toBe(Number(run.result.bill.actualPicoUsd));
  expect(results.filter(({ bar, value }) => bar !== null && value !== bar.value)).toEqual([]);
});

test("without repeats the exact cache saves nothing at all", async () => {
  const fresh = await runDemo({ ...settings, repeats: false, dataDirectory: join(directory, "without-repeats") });
  await fresh.stop();
  const { bill, ceilings } = fresh.result;
  expect(findDefects(fresh.result)).toEqual([]);
  expect([bill.hits, bill.shared, ceilings.repeats]).toEqual([0, 0, 0n]);
  expect([...bill.savedPicoUsd.keys()]).toEqual(["choose-target"]);
}, 60_000);
