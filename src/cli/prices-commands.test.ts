import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { loadForCommand, watchForCommand } from "../assembly/operation.ts";
import { bundledPriceFiles } from "../money/book/bundled-price-files.ts";
import { folderWith, runHere } from "./test-run.ts";

const dataDirectory = "prices-data";
const config = `dataDirectory: ./${dataDirectory}\n`;
const small = {
  vendor: "cerebras",
  models: [
    {
      id: "gpt-oss-120b",
      aliases: [],
      prices: [
        {
          from: null,
          caching: "none",
          usdPerMillion: { input: "0.35", output: "0.75" },
          confidence: "high",
          source: "a test",
          checked: "2026-11-21",
        },
      ],
    },
  ],
};

type Json = Readonly<Record<string, unknown>>;
type VendorFile = typeof small;

/** The shipped catalogue with the prices of cerebras as `change` makes them. */
function catalogue(change: (file: VendorFile) => unknown): string {
  const files = bundledPriceFiles.filter((file) => (file as VendorFile).vendor === "cerebras");
  return JSON.stringify({ vendors: files.map((file) => change(structuredClone(file) as VendorFile)) });
}

/** Cerebras with another input price of gpt-oss-120b. */
const withInput = (input: string): string =>
  catalogue((file) => ({
    ...file,
    models: file.models.map((model) => ({
      ...model,
      prices: model.prices.map((entry) =>
        model.id === "gpt-oss-120b" ? { ...entry, usdPerMillion: { ...entry.usdPerMillion, input } } : entry,
      ),
    })),
  }));

const json = async (words: readonly string[], folder: string): Promise<Json> =>
  JSON.parse((await runHere([...words, "--json"], folder)).out) as Json;

const folders: string[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function folderOf(files: Readonly<Record<string, string>> = {}, settings = ""): string {
  const folder = folderWith(config + settings);
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

async function serve(answer: (path: string) => readonly [number, string, Readonly<Record<string, string>>?]) {
  const server = createServer((request, response) => {
    const [status, body, headers = {}] = answer(request.url ?? "");
    response.writeHead(status, headers).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("prices list and explain", () => {
  it("lists the prices in force, those of one vendor, and says which vendors there are", async () => {
    const folder = folderOf();
    const { code, out } = await runHere(["prices", "list", "--vendor", "cerebras"], folder);
    expect(code).toBe(0);
    expect(out).toMatch(/^cerebras {2}gpt-oss-120b +0\.35 +- +0\.75/m);
    const all = (await json(["prices", "list"], folder))["prices"] as readonly { readonly vendor: string }[];
    expect(new Set(all.map(({ vendor }) => vendor)).size).toBe(bundledPriceFiles.length);
    const none = await runHere(["prices", "list", "--vendor", "acme"], folder);
    expect(none).toMatchObject({ code: 1, out: "" });
    expect(none.talk).toContain("openai, anthropic");
  });

  it("explains a cost to the last digit: entry, source, lines, rules", async () => {
    const words = ["prices", "explain", "gpt-4o", "--input", "1000", "--cache-read", "9000", "--output", "500"];
    const { code, out } = await runHere([...words, "--tier", "batch"], folderOf());
    expect(code).toBe(0);
    // Half of 1000 x 2.50 and 500 x 10; reads keep their price: 9000 x 1.25 a million.
    expect(out).toContain("$0.015 (priced)");
    expect(out).toMatch(/^cacheRead +9,000 +\$1\.25 \/ M +\$0\.01125$/m);
    expect(out).toContain("service tier batch: 50 percent, cacheRead 100 percent");
    expect(out).toContain("confidence high, checked 2026-11-21");
    expect(out).toContain("Also listed by azure-openai");
  });

  it("takes the price of the moment asked about", async () => {
    const folder = folderOf();
    const at = (moment: string): Promise<Json> =>
      json(["prices", "explain", "claude-sonnet-5-5", "--cache-read", "1000000", "--at", moment], folder);
    expect((await at("2026-10-06T23:59Z"))["cost"]).toEqual({ state: "priced", picoUsd: "200000000000" });
    expect((await at("2026-10-07"))["cost"]).toEqual({ state: "priced", picoUsd: "100000000000" });
  });

  it("says what has no price and how to add one, and ends with 7", async () => {
    const folder = folderOf();
    const unknown = await runHere(["prices", "explain", "acme-1"], folder);
    expect(unknown.code).toBe(7);
    expect(unknown.out).toContain("no price is known (unpriced)");
    expect(unknown.out).toContain('- id: "acme-1"');
    const missing = await runHere(["prices", "explain", "gpt-4o", "--unit", "audioInputSecond=3"], folder);
    expect(missing.code).toBe(7);
    expect(missing.out).toContain("no price for audioInputSecond");
    const sound = await json(["prices", "explain", "whisper-1", "--unit", "audioInputSecond=90"], folder);
    expect(sound["cost"]).toEqual({ state: "priced", picoUsd: "9000000000" });
  });

  it.each([
    ["explain", "gpt-4o", "--input", "1.5"],
    ["explain", "gpt-4o", "--at", "tomorrow"],
    ["explain", "gpt-4o", "--unit", "litre=3"],
    ["explain", "gpt-4o", "--tool", "search"],
    ["compare", "--input", "1"],
    ["compare", "--baseline", "gpt-4o", "--requests", "3"],
    ["statement", "--month", "2026-13"],
    ["update"],
  ])("refuses %s %s %s %s as a mistake in the command line", async (...words) => {
    expect(await runHere(["prices", ...words], folderOf())).toMatchObject({ code: 2, out: "" });
  });
});

describe("prices check, diff and compare", () => {
  it("names the field of a wrong file and ends with 7; a good one is counted", async () => {
    const folder = folderOf({
      "good.json": JSON.stringify(small),
      "wrong.yaml":
        "vendor: acme\nmodels:\n  - id: a\n    prices: [{ from: null, caching: none, usdPerMillion: { input: 1 } }]\n",
    });
    const wrong = await runHere(["prices", "check", "wrong.yaml"], folder);
    expect(wrong.code).toBe(7);
    expect(wrong.out).toContain("models.0.prices.0.usdPerMillion.input");
    expect((await runHere(["prices", "check", "good.json"], folder)).out).toContain("one vendor, 1 models");
    expect(await json(["prices", "check"], folder)).toMatchObject({ ok: true, findings: [{ check: "prices" }, {}] });
  });

  it("tells of agreements that are over or soon will be", async () => {
    const discount = { models: "gpt*", percentOff: 10, from: "2025-01-01", to: "2025-12-01", source: "contract" };
    const own = JSON.stringify({ vendor: "openai", discounts: [discount, { ...discount, to: "2099-01-01" }] });
    const { out, code } = await runHere(["prices", "check"], folderOf({ "own.json": own }, "prices: own.json\n"));
    expect(code).toBe(0);
    expect(out.match(/discount on gpt\*/g)).toHaveLength(1);
    expect(out).toContain("openai: discount on gpt* ended on 2025-12-01");
  });

  it("shows what a file changes, in percent, and that the shipped prices change nothing", async () => {
    const folder = folderOf({
      "cheaper.json": withInput("0.28"),
      "own.json": JSON.stringify({ ...small, models: [{ ...small.models[0], id: "mine" }] }),
    });
    const cheaper = await runHere(["prices", "diff", "cheaper.json"], folder);
    expect(cheaper.out).toMatch(/cerebras\/gpt-oss-120b +cheaper +input +\$0\.35 \/ M +\$0\.28 \/ M +-20\.0 %/);
    expect(cheaper.out).toContain("added 0, removed 0, dearer 0, cheaper 1");
    const own = await json(["prices", "diff", "own.json"], folder);
    expect(own["changes"]).toEqual([{ vendor: "cerebras", model: "mine", kind: "added", figures: [] }]);
    expect((await json(["prices", "diff", "shipped"], folder))["changes"]).toEqual([]);
    const unknown = await runHere(["prices", "diff", "p1-0000000000000000"], folder);
    expect(unknown.code).toBe(1);
    expect(unknown.talk).toContain("shipped p1-");
  });

  it("compares a mix over models, exactly, and says what it is not", async () => {
    const words = [
      "prices",
      "compare",
      "--baseline",
      "gpt-4o",
      "--input",
      "1000",
      "--output",
      "500",
      "--requests",
      "100",
    ];
    const found = await json(words, folderOf());
    expect(found["baseline"]).toMatchObject({ vendor: "openai", model: "gpt-4o", picoUsd: "750000000000" });
    const models = found["models"] as readonly { readonly model: string; readonly picoUsd: string }[];
    expect(models.find(({ model }) => model === "gpt-4o-mini")?.picoUsd).toBe("45000000000");
    expect(models.map(({ model }) => model)).not.toContain("text-embedding-3-small");
    const shown = await runHere(words, folderOf());
    expect(shown.out).toMatch(/openai\/gpt-4o +\$0\.7500 +100\.0 % +baseline/);
    expect(shown.talk).toContain("it says nothing of quality");
  });
});

const versionOf = async (folder: string): Promise<unknown> => (await json(["prices", "list"], folder))["version"];

describe("prices update", () => {
  it("takes a file, tells a running gateway's watcher, logs it, and goes back", async () => {
    const folder = folderOf({ "new.json": withInput("0.4") });
    const before = await versionOf(folder);
    const dry = await json(["prices", "update", "--from", "new.json", "--dry-run"], folder);
    expect(dry).toMatchObject({ taken: false, before, doubts: [] });
    expect(existsSync(join(folder, dataDirectory, "prices.json"))).toBe(false);

    const flags = { config: join(folder, "farthing.yaml") };
    const first = loadForCommand(flags, {}).config;
    let watch = { close: (): void => undefined };
    const followed = new Promise<unknown>((resolve) => {
      watch = watchForCommand(flags, {}, first, {
        onConfig: (loaded) => resolve(loaded.config.priceUpdate),
        onProblems: resolve,
      });
    });
    const taken = await json(["prices", "update", "--from", "new.json"], folder);
    expect(taken).toMatchObject({ taken: true, before, after: dry["after"] });
    expect(await followed).toMatchObject([{ vendor: "cerebras" }]);
    watch.close();
    const file = join(folder, dataDirectory, "prices.json");
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      version: 1,
      from: "new.json",
      sha256: taken["sha256"],
    });
    expect(await versionOf(folder)).toBe(taken["after"]);
    expect((await runHere(["prices", "explain", "gpt-oss-120b", "--vendor", "cerebras"], folder)).out).toContain(
      "$0.4 / M",
    );
    const again = await runHere(["prices", "update", "--from", "new.json"], folder);
    expect(again).toMatchObject({ code: 0 });
    expect(again.talk).toContain("Nothing to change");

    expect((await runHere(["prices", "update", "--rollback"], folder)).talk).toContain(String(before));
    expect(await versionOf(folder)).toBe(before);
    await runHere(["prices", "update", "--rollback"], folder);
    expect(await versionOf(folder)).toBe(taken["after"]);
    const log = (await json(["admin-log"], folder))["entries"] as readonly Json[];
    expect(log.map(({ what, with: tool }) => [what, tool])).toEqual([1, 2, 3].map(() => ["prices.change", "prices"]));
  });

  it.each([
    ["a table that shrank", catalogue((file) => ({ ...file, models: file.models.slice(0, 2) })), "only"],
    ["a price that became zero", withInput("0"), "would cost nothing"],
    ["a price that moved more than tenfold up", withInput("3.6"), "more than 10-fold"],
    ["a price that moved more than tenfold down", withInput("0.034"), "more than 10-fold"],
  ])("refuses %s unless it is accepted", async (_, text, why) => {
    const folder = folderOf({ "new.json": text });
    const before = await versionOf(folder);
    const refused = await runHere(["prices", "update", "--from", "new.json"], folder);
    expect(refused.code).toBe(7);
    expect(refused.talk).toContain(why);
    expect(await versionOf(folder)).toBe(before);
    expect(await runHere(["prices", "update", "--from", "new.json", "--accept"], folder)).toMatchObject({ code: 0 });
    expect(await versionOf(folder)).not.toBe(before);
  });

  it.each([
    ["one vendor's document", JSON.stringify(small), "belongs under prices:"],
    ["nothing", '{"vendors":[]}', "it holds no vendor"],
    ["a contract", catalogue((file) => ({ ...file, contracts: {} })), "discounts or contracts"],
    ["a vendor twice", JSON.stringify({ vendors: [small, small] }), "stands twice"],
    ["a wrong price", withInput("1e3"), "plain decimal"],
    ["no document", "]", "neither JSON nor YAML"],
  ])("does not take %s", async (_, text, why) => {
    const folder = folderOf({ "new.json": text });
    const refused = await runHere(["prices", "update", "--from", "new.json", "--accept"], folder);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect(refused.talk).toContain(why);
    expect(existsSync(join(folder, dataDirectory, "prices.json"))).toBe(false);
  });

  it("fetches from this machine, with its digest pinned, and follows no redirect", async () => {
    const text = withInput("0.4");
    const origin = await serve((path) => {
      if (path === "/moved") return [302, "", { location: "/prices.json" }];
      if (path === "/large") return [200, "x".repeat(8_388_609)];
      return path === "/prices.json" ? [200, text] : [404, "no"];
    });
    const folder = folderOf();
    const update = (path: string, ...more: readonly string[]) =>
      runHere(["prices", "update", "--from", origin + path, ...more], folder);
    const sha256 = createHash("sha256").update(text).digest("hex");
    const pinned = await update("/prices.json", "--sha256", "0".repeat(64));
    expect(pinned.code).toBe(7);
    expect(pinned.talk).toContain(sha256);
    expect((await update("/moved")).talk).toContain("redirect");
    expect((await update("/none")).talk).toContain("answered 404");
    expect((await update("/large")).talk).toContain("gave no file");
    const plain = await runHere(["prices", "update", "--from", "http://prices.example/p.json"], folder);
    expect(plain.talk).toContain("by https only");
    const secret = await runHere(["prices", "update", "--from", "https://me:hunter2@prices.example/p.json"], folder);
    expect(secret.talk).toContain("The address holds a password");
    expect(secret.talk).not.toContain("hunter2");
    expect(await update("/prices.json", "--sha256", sha256)).toMatchObject({ code: 0 });
  });

  it("tells that there is nothing to go back to, and that a damaged file is one", async () => {
    const folder = folderOf({ "new.json": withInput("0.4") });
    expect(await runHere(["prices", "update", "--rollback"], folder)).toMatchObject({ code: 1 });
    await runHere(["prices", "update", "--from", "new.json"], folder);
    writeFileSync(join(folder, dataDirectory, "prices.json"), "{");
    const damaged = await runHere(["prices", "list"], folder);
    expect(damaged.code).toBe(3);
    expect(damaged.talk).toContain("prices.json: the file is damaged. Remove it to go back");
  });
});
