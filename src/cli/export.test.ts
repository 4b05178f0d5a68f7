import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { RequestRecord } from "../spec/ledger.ts";
import { firstIdAt, requestIdOf } from "../kit/request-id.ts";
import { openForWriting } from "../stores/sqlite/data-directory.ts";
import { writeRows } from "../stores/sqlite/ledger/test-ledger-rows.ts";
import { sampleRecord } from "../testing/ledger-conformance.ts";
import { folderWith, makeFolder, runHere } from "./test-run.ts";

let folder: string;

/** Half an hour ago; a millisecond apart. */
function recordAt(index: number, over: Partial<RequestRecord>): RequestRecord {
  const arrivedAtMs = Date.now() - 1_800_000 + index;
  const id = firstIdAt(arrivedAtMs) + 1n;
  return { ...sampleRecord(0, over), id, requestId: requestIdOf(id), arrivedAtMs };
}

const records = [
  recordAt(1, {
    claims: { feature: '=cmd|" /C calc"!A0', tags: ["a,b"] },
    cost: { state: "priced", picoUsd: 1n },
    savings: [],
  }),
  recordAt(2, { claims: { feature: "chat", tags: [] }, baseline: { state: "unpriced", picoUsd: null }, savings: [] }),
  recordAt(3, {
    claims: { feature: "chat", tags: [] },
    cost: { state: "priced", picoUsd: 9_000_000_000_000_000_001n },
    baseline: { state: "priced", picoUsd: 9_000_000_000_000_000_000n },
    savings: [{ technique: "retry", picoUsd: -1n, method: "measured" }],
  }),
];

beforeAll(() => {
  folder = folderWith("zone: Asia/Kathmandu\n");
  mkdirSync(join(folder, ".farthing"));
  const database = openForWriting(join(folder, ".farthing"), "OFF");
  writeRows(database, records);
  database.close();
});

const objects = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The day of the first record. */
function dayIn(timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone }).format(records[0]?.arrivedAtMs);
}

describe("farthing export", () => {
  it("writes groups with every digit of their amounts, dearest first", async () => {
    const { code, out } = await runHere(["export", "ndjson", "--last", "1h", "--by", "feature"], folder);
    expect(code).toBe(0);
    expect(objects(out)).toMatchObject([
      {
        feature: "chat",
        requests: 2,
        cost_usd: "9000000.000330000001",
        compared_cost_usd: "9000000.000000000001",
        baseline_usd: "9000000",
        saved_usd: "-0.000000000001",
        saved_by_technique: '{"retry":"-0.000000000001"}',
        input_tokens: 2_000,
        cache_write_5m_tokens: 14,
        latency: "exact",
      },
      { feature: '=cmd|" /C calc"!A0', requests: 1, cost_usd: "0.000000000001" },
    ]);
  });

  it("writes CSV that no spreadsheet runs, with a header", async () => {
    const { out } = await runHere(["export", "csv", "--last", "1h", "--by", "feature"], folder);
    const [header, dearest, last] = out.trimEnd().split("\n");
    expect(header).toMatch(/^feature,requests,cost_usd,compared_cost_usd,baseline_usd,saved_usd,saved_by_technique,/);
    expect(header).toMatch(/,p50_us,p99_us,latency$/);
    expect(dearest).toMatch(
      /^chat,2,9000000\.000330000001,9000000\.000000000001,9000000,-0\.000000000001,"\{""retry""/,
    );
    expect(last).toMatch(/^"'=cmd\|"" \/C calc""!A0",1,0\.000000000001,/);
  });

  it("takes days of the config's zone, or of the one asked for", async () => {
    const days = async (...words: string[]): Promise<unknown> =>
      objects((await runHere(["export", "ndjson", "--last", "1h", ...words], folder)).out).map((line) => line["day"]);
    expect(await days()).toEqual([dayIn("Asia/Kathmandu")]);
    expect(await days("--zone", "Pacific/Auckland")).toEqual([dayIn("Pacific/Auckland")]);
    const wrong = await runHere(["export", "ndjson", "--zone", "Mars/Olympus"], folder);
    expect(wrong).toMatchObject({ code: 2, out: "" });
    expect(wrong.talk).toMatch(/no time zone "Mars\/Olympus"/);
  });

  it("writes every request, unknown amounts empty and not zero", async () => {
    const { out } = await runHere(["export", "ndjson", "--last", "1h", "--rows"], folder);
    expect(objects(out)).toMatchObject([
      { request_id: records[0]?.requestId, tags: '["a,b"]', cost_usd: "0.000000000001", attempt_count: 1 },
      {
        request_id: records[1]?.requestId,
        baseline_usd: null,
        baseline_state: "unpriced",
        price_version: "0123456789abcdef",
      },
      {
        arrived_at: new Date(records[2]?.arrivedAtMs ?? 0).toISOString(),
        cost_usd: "9000000.000000000001",
        user: null,
      },
    ]);
    const csv = (await runHere(["export", "csv", "--last", "1h", "--rows"], folder)).out.trimEnd().split("\n");
    const column = csv[0]?.split(",").indexOf("baseline_usd") ?? -1;
    expect(csv[2]?.split(",").at(column - (csv[0]?.split(",").length ?? 0))).toBe("");
  });

  it("writes a file that its owner alone can read, whole or not at all", async () => {
    const file = join(makeFolder(), "spend.csv");
    const { code, out, talk } = await runHere(["export", "csv", "--last", "1h", "--rows", "--out", file], folder);
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(talk).toContain("3 lines");
    expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(4);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, ".."))).toEqual(["spend.csv"]);
    const nowhere = join(makeFolder(), "missing", "spend.csv");
    const failed = await runHere(["export", "csv", "--rows", "--out", nowhere], folder);
    expect(failed.code).toBe(1);
    expect(failed.talk).toMatch(/cannot be written.*missing/);
    expect(existsSync(nowhere)).toBe(false);
  });

  it("refuses another format, and says where there is no ledger", async () => {
    expect(await runHere(["export", "xlsx"], folder)).toMatchObject({ code: 2, out: "" });
    expect((await runHere(["export", "csv"], makeFolder())).talk).toMatch(/No ledger in/);
  });
});

describe("farthing roll-ups rebuild", () => {
  it("makes them anew, after which the report says the same and reads them", { timeout: 20_000 }, async () => {
    const report = async (): Promise<Record<string, unknown>> =>
      JSON.parse((await runHere(["report", "--json", "--by", "feature"], folder)).out) as Record<string, unknown>;
    const before = await report();
    const { code, out } = await runHere(["roll-ups", "rebuild", "--json"], folder);
    expect({ code, ...JSON.parse(out) }).toEqual({ code: 0, schema: "farthing.roll-ups.v1", rows: 3 });
    const after = await report();
    expect([before["readFrom"], after["readFrom"]]).toEqual(["rows", "roll-ups"]);
    expect([after["total"], after["lines"]]).toEqual([before["total"], before["lines"]]);
  });
});
