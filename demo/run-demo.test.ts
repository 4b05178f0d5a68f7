import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findDefects } from "./report/demo-result.ts";
import { renderReport } from "./report/render-report.ts";
import { toMeasurement } from "./report/to-measurement.ts";
import { runDemo, type DemoRun, type DemoSettings } from "./run-demo.ts";

const directory = mkdtempSync(join(tmpdir(), "farthing-demo-"));
const settings: DemoSettings = {
  seed: 5,
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
  expect(result.bill.residualPicoUsd).toBe(0n);
  expect(result.invoices.invoicedPicoUsd).toBe(result.bill.actualPicoUsd);
  expect(result.bill.actualPicoUsd).toBeGreaterThan(0n);
});

test("every repeat is served for nothing, every row labelled cheap by the cheaper model, nothing else", () => {
  const { bill, ceilings, misses, identical } = run.result;
  expect(identical).toBeGreaterThan(3);
  expect(bill.hits + bill.shared).toBe(identical);
  expect(misses).toEqual({ repeatsPaid: 0, cheapPaidInFull: 0 });
  const saved = (technique: string): bigint => bill.savedPicoUsd.get(technique) ?? 0n;
  expect(saved("exact-cache") + saved("coalesce")).toBe(ceilings.repeats);
  expect(saved("choose-target")).toBe(ceilings.reroute);
  const compliance = bill.byTask.get("compliance");
  expect(compliance?.requests).toBeGreaterThan(0);
  expect(compliance?.actualPicoUsd).toBe(compliance?.naivePicoUsd);
});

test("the report is narrow and says what is simulated; the JSON holds its bars", () => {
  const text = renderReport(run.result, true);
  const wide = text.split("\n").filter((line) => line.length > 100 && !line.includes(run.result.dataDirectory));
  expect(wide).toEqual([]);
  expect(text).toContain("answers are simulated");
  expect(text).toContain("quality not measured");
  expect(text).toContain("to the pico-dollar");
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
