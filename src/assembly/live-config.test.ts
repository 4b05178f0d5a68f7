import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { FarthingConfig } from "../spec/config.ts";
import { checkPriceDocument } from "./prices/check-prices.ts";
import { createEngine } from "./create-engine.ts";
import type { Engine } from "./engine.ts";
import { firstEndpoint } from "./first-target.ts";
import { listModels } from "./list-models.ts";
import { createPriceBooks } from "./prices/price-books.ts";
import { readConfig } from "./read-config.ts";
import { systemClock } from "./system-clock.ts";

const engines: Engine[] = [];
afterEach(async () => void (await Promise.all(engines.splice(0).map((engine) => engine.close(0)))));

const entry = {
  from: null,
  caching: "none",
  usdPerMillion: { input: "1", output: "2" },
  confidence: "high",
  source: "ours",
  checked: "2026-11-21",
};
const ownPrices = { vendor: "own", models: [{ id: "llama", prices: [entry] }] };

function folder(): string {
  return mkdtempSync(join(tmpdir(), "farthing-engine-"));
}

function configOf(directory: string, text: string): FarthingConfig {
  const file = join(directory, "farthing.yaml");
  writeFileSync(file, `dataDirectory: data\n${text}\n`, { mode: 0o600 });
  return readConfig({ file, env: {}, generation: 1 }).config;
}

const ownProvider = "providers: { own: { baseUrl: 'http://127.0.0.1:1', dialects: [openai-chat], keyless: true } }";

describe("own prices", () => {
  it("make a model priced, under a version of its own, and are listed", () => {
    const directory = folder();
    writeFileSync(join(directory, "own.json"), JSON.stringify(ownPrices));
    const config = configOf(directory, `prices: own.json\n${ownProvider}`);
    const bookOf = createPriceBooks();
    const usage = { source: "provider", tokens: { input: 10, output: 1 } } as const;
    expect(bookOf({}).costOf("own", "llama", usage, 0).state).toBe("unpriced");
    expect(bookOf(config).costOf("own", "llama", usage, 0)).toMatchObject({ state: "priced", picoUsd: 12_000_000n });
    expect(bookOf(config)).toBe(bookOf({ prices: [ownPrices] }));
    expect(bookOf(config).version).not.toBe(bookOf({}).version);
    expect(firstEndpoint(config, "openai-chat", "local-key").id).toBe("own");
    expect(listModels(config, "openai-chat", "local-key")).toEqual([{ id: "llama", vendor: "own" }]);
  });

  it("go over an update, which stands for the shipped prices of its vendors", () => {
    const directory = folder();
    const documents = [{ vendor: "cerebras", models: [{ id: "newest", prices: [entry] }] }];
    const update = { version: 1, takenAt: "2026-11-21T12:00:00Z", from: "a test", sha256: "0".repeat(64), documents };
    const write = (content: object): void => {
      mkdirSync(join(directory, "data"), { recursive: true });
      writeFileSync(join(directory, "data", "prices.json"), JSON.stringify(content));
    };
    write(update);
    const config = configOf(directory, "providers: { cerebras: {} }");
    const book = createPriceBooks()(config);
    const usage = { source: "provider", tokens: { input: 10 } } as const;
    const stateOf = (vendor: string, model: string): string => book.costOf(vendor, model, usage, 0).state;
    expect(stateOf("cerebras", "newest")).toBe("priced");
    expect(stateOf("cerebras", "gpt-oss-120b")).toBe("unpriced");
    expect(stateOf("openai", "gpt-4o")).toBe("priced");
    const own = {
      vendor: "cerebras",
      models: [{ id: "newest", prices: [{ ...entry, usdPerMillion: { input: "3" } }] }],
    };
    const both = createPriceBooks()({ ...config, prices: [own] });
    expect(both.costOf("cerebras", "newest", usage, 0).picoUsd).toBe(30_000_000n);
    expect(listModels(config, "openai-chat", "own-key")).toEqual([{ id: "newest", vendor: "cerebras" }]);
    for (const damaged of [
      { ...update, documents: [{ vendor: "x", modles: [] }] },
      { ...update, version: 2 },
    ]) {
      write(damaged);
      expect(() => configOf(directory, "")).toThrow(/prices\.json: .*Remove it to go back/);
    }
    write({ ...update, documents: [] });
    expect(configOf(directory, "")).not.toHaveProperty("priceUpdate");
  });

  it("are refused at loading, with file and field", () => {
    const directory = folder();
    const wrong = { ...ownPrices, models: [{ id: "llama", prices: [{ ...entry, usdPerMillion: { input: 1 } }] }] };
    writeFileSync(join(directory, "own.json"), JSON.stringify(wrong));
    expect(() => configOf(directory, "prices: own.json")).toThrow(
      /own\.json: .*models\.0\.prices\.0\.usdPerMillion\.input/,
    );
    expect(checkPriceDocument({ vendor: "own", models: [...ownPrices.models, ...ownPrices.models] })).toContain(
      "twice",
    );
    expect(checkPriceDocument(ownPrices)).toBeNull();
  });
});

describe("an engine", () => {
  it("hands its first notices over before anything later can fail, and makes no key where the ledger cannot open", async () => {
    const directory = folder();
    const config = configOf(directory, ownProvider);
    const notices: string[] = [];
    const onFirstStart = (lines: readonly string[]): void => void notices.push(...lines);
    mkdirSync(config.dataDirectory, { mode: 0o700 });
    writeFileSync(
      join(config.dataDirectory, "ledger.sqlite"),
      "no database, but long enough to be read as one".repeat(9),
    );
    await expect(createEngine(config, { onFirstStart })).rejects.toThrow("not a database");
    expect(notices).toEqual([]);
    expect(existsSync(join(config.dataDirectory, "keys.json"))).toBe(false);
    const other = { ...config, dataDirectory: join(directory, "other") };
    const wrong = { ...other, prices: [{ vendor: "own", models: "none" }] };
    await expect(createEngine(wrong, { onFirstStart })).rejects.toThrow("Price data is wrong at models");
    expect(notices.join()).toMatch(/fk_\w+/);
    const engine = await createEngine(other);
    engines.push(engine);
    expect(engine.firstStartNotices).toEqual([]);
    expect(engine.status().localKeys).toBe(1);
  });

  it("retires no transport for a config that it does not take, and counts the refusal", async () => {
    const directory = folder();
    const config = configOf(directory, "limits: { replyBytesMax: 1MiB }");
    let timers = 0;
    const clock = { ...systemClock, after: (delayMs: number) => (delayMs > 100_000 ? timers++ : 0, () => undefined) };
    const lines: object[] = [];
    const engine = await createEngine(config, { clock, log: (line) => lines.push(line) });
    engines.push(engine);
    const next = { ...config, generation: 2, limits: { ...config.limits, replyBytesMax: 2_000_000 } };
    timers = 0;
    writeFileSync(join(config.dataDirectory, "keys.json"), "damaged", { mode: 0o600 });
    expect(() => engine.reload(next)).toThrow("damaged");
    expect([timers, engine.config.generation]).toEqual([0, 1]);
    writeFileSync(join(config.dataDirectory, "keys.json"), '{"version":1,"keys":[]}', { mode: 0o600 });
    engine.reload(next);
    expect([timers, engine.config.generation]).toEqual([1, 2]);
    engine.configRejected("it was wrong");
    expect(lines).toContainEqual(expect.objectContaining({ code: "config-rejected", detail: "it was wrong" }));
    const text = engine.metrics.render({ ledger: engine.status().ledger, configGeneration: 2, inFlight: 0 });
    expect(text).toContain('farthing_alarms_total{code="config-rejected"} 1');
  });
});
