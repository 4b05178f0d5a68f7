import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createIdSource, requestIdOf } from "../kit/request-id.ts";
import type { RequestRecord } from "../spec/ledger.ts";
import { sampleRecord } from "../testing/ledger-conformance.ts";
import { writeLedger } from "./test-data-directory.ts";
import { folderWith, makeFolder, runHere } from "./test-run.ts";

const newId = createIdSource(() => Date.now() - 60_000, 1);

/** A request a minute ago. */
function request(over: Partial<RequestRecord>): RequestRecord {
  const id = newId();
  return sampleRecord(0, { id, requestId: requestIdOf(id), arrivedAtMs: Date.now() - 60_000, ...over });
}

const claims = (session: string, user: string): Pick<RequestRecord, "claims"> => ({
  claims: { session, user, run: "r-1", step: "plan", tags: [] },
});
const config = "dataDirectory: data\n";

it("economics and waste tell what calls were good for, from a file of outcomes", async () => {
  const folder = folderWith(config);
  writeLedger(folder, [request(claims("s-1", "u-1")), request({ ...claims("s-2", "u-2"), outcome: "aborted" })]);
  writeFileSync(join(folder, "o.csv"), "id,kind,session,value\n1,ticket,s-1,0.50\n");
  const imported = await runHere(["outcomes", "import", "--from", "o.csv"], folder);
  expect(imported).toMatchObject({ code: 0, out: "", talk: "1 outcomes stored.\n" });
  const again = await runHere(["outcomes", "import", "--from", "o.csv", "--json"], folder);
  expect(JSON.parse(again.out)).toEqual({ schema: "farthing.outcomes.v1", stored: 0, repeated: 1, conflict: null });

  const { out } = await runHere(["economics", "--by", "user"], folder);
  expect(out).toContain("The last 7d: $0.000660 for 2 requests");
  expect(out).toMatch(/^ticket +1 +- +\$0\.000330 +\$0\.000330 +\$0\.5000 +\$0\.4997$/m);
  expect(out).toContain("without an outcome  $0.000330 (50.0 %), 1 requests");
  expect(out).toContain("$0.000330 for each user of 2");
  expect(out).toMatch(/^r-1 +2 +\$0\.000660\n +plan +2 +\$0\.000660$/m);
  expect(out).toContain("saved this week     $0.0103");
  const json = JSON.parse((await runHere(["economics", "--json"], folder)).out) as object;
  expect(json).toMatchObject({
    schema: "farthing.economics.v1",
    costPicoUsd: "660000000",
    kinds: [{ kind: "ticket" }],
  });

  const wasted = await runHere(["waste"], folder);
  expect(wasted.out).toContain("Paid for nothing in the last 7d: $0.000330 of $0.000660 (50.0 %)");
  expect(wasted.out).toMatch(/^aborted +1 +\$0\.000330 +50\.0 % +-$/m);
  expect(wasted.out).toContain("Not known:\n  cache writes never read.");
});

it("say so where there is nothing, and refuse what is wrong", async () => {
  const folder = folderWith(config);
  writeLedger(folder, []);
  for (const words of [["economics"], ["waste"], ["alerts"]]) {
    expect(await runHere(words, folder)).toMatchObject({ code: 0, out: "", talk: expect.stringMatching(/^No/) });
  }
  for (const words of [
    ["economics", "--by", "model"],
    ["waste", "--last", "yesterday"],
    ["outcomes", "import"],
  ]) {
    expect(await runHere(words, folder)).toMatchObject({ code: 2, out: "" });
  }
  writeFileSync(join(folder, "o.ndjson"), '{"id":"1","kind":"k","session":"s"}\n');
  await runHere(["outcomes", "import", "--from", "o.ndjson"], folder);
  writeFileSync(join(folder, "o.ndjson"), '{"id":"1","kind":"other","session":"s"}\n');
  const conflict = await runHere(["outcomes", "import", "--from", "o.ndjson"], folder);
  expect(conflict).toMatchObject({ code: 1, talk: expect.stringContaining("The outcome 1 is stored with another") });
  const nowhere = await runHere(["economics"], makeFolder());
  expect(nowhere).toMatchObject({ code: 1, talk: expect.stringContaining("No ledger in") });
});

it("economics without outcomes name the way to them", async () => {
  const folder = folderWith(config);
  writeLedger(folder, [request({ cost: { state: "unpriced", picoUsd: null }, claims: { tags: [] } })]);
  const { out } = await runHere(["economics", "--by", "feature"], folder);
  expect(out).toContain("No outcomes in this window: post them to /v1/outcomes");
  expect(out).toContain("1 requests without a known price");
  expect(out).toContain("No request names its feature: send x-farthing-feature.");
});

it("alerts show what fires, and test says whether messages arrive", async () => {
  const folder = folderWith(`${config}budgets: [{ name: small, usd: "0", window: day }]\n`);
  writeLedger(folder, [request({ cost: { state: "unpriced", picoUsd: null }, attempts: [], claims: { tags: [] } })]);
  const shown = await runHere(["alerts"], folder);
  expect(shown.out).toContain("warning unpriced-model\n  1 requests have no price");
  const json = JSON.parse((await runHere(["alerts", "show", "--json"], folder)).out) as object;
  expect(json).toMatchObject({ schema: "farthing.alerts.v1", alerts: [{ rule: "unpriced-model", sinceMs: null }] });
  const tested = await runHere(["alerts", "test"], folder);
  expect(tested).toMatchObject({ code: 0, talk: expect.stringContaining("log: arrived") });
  writeFileSync(join(folder, "farthing.yaml"), `${config}alerts: { log: false }\n`, { mode: 0o600 });
  expect(await runHere(["alerts", "test"], folder)).toMatchObject({ code: 1, out: "" });
});
