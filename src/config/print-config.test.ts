import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FarthingConfig } from "../spec/config.ts";
import { loadConfig } from "./load-config.ts";
import { formatDuration } from "./parse-duration.ts";
import { formatSize } from "./parse-size.ts";
import { describeConfig, hidePassword, printConfig } from "./print-config.ts";
import { loadText, writeConfig } from "./test-load.ts";
import { testVendors } from "./test-vendors.ts";

/** Others may be as short as the stars that stand for them. */
const bodyKey = "a-key-of-a-test-with-more-than-32-characters";
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,12}$/);
const words = fc.oneof(
  fc.string({ minLength: 1 }).map(escape),
  fc.array(fc.string({ minLength: 1 }).map(escape), { minLength: 1, maxLength: 3 }),
);
const flag = fc.boolean();

function escape(text: string): string {
  return text.replaceAll("$", "S");
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const duration = (min: number, max: number) => fc.integer({ min, max }).map(formatDuration);
const size = (max: number) => fc.integer({ min: 1024, max }).map(formatSize);

const condition = fc.record(
  {
    model: words,
    tag: words,
    task: words,
    feature: words,
    promptTokensMin: fc.nat({ max: 99 }),
    promptTokensMax: fc.integer({ min: 100, max: 9999 }),
    tools: flag,
  },
  { requiredKeys: [] },
);

const route = fc.record({
  match: condition,
  compliance: flag,
  storeBodies: flag,
  exactCache: fc.record({ enabled: flag, ttl: duration(1000, 86_400_000), entryBytesMax: size(1_000_000) }),
  coalesce: fc.record({ enabled: flag }),
  addStreamUsage: flag,
  targets: fc.array(
    fc.record({
      name,
      when: condition,
      use: fc.array(
        fc.tuple(fc.constantFrom("openai", "own"), name).map(([id, model]) => `${id}/${model}`),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    { maxLength: 2 },
  ),
  retry: fc.record({
    enabled: flag,
    attemptsMax: fc.integer({ min: 1, max: 3 }),
    backoff: duration(1, 1000),
    backoffMax: duration(1000, 60_000),
  }),
  timeouts: fc.record({ connect: duration(1, 5000), total: duration(5000, 2_147_483_647) }),
  abort: fc.record({
    mode: fc.constantFrom("cut", "drain"),
    drainMax: duration(1, 60_000),
    drainBytesMax: size(9_000_000),
  }),
});

const document = fc.record({
  listen: fc.record({ traffic: fc.constantFrom("127.0.0.1:1", "[::1]:9", "0.0.0.0:80"), allowOwnKeys: maybe(flag) }),
  providers: fc.constant({
    openai: { key: "sk-live" },
    own: {
      vendor: "mine",
      baseUrl: "https://own.example/a/v1/v1",
      dialects: ["anthropic-messages", "openai-chat"],
      keyPrefix: "Key ",
      paths: { "openai-chat": "/chat" },
      quirks: { systemRole: "developer", reasoningTokensOutside: true },
    },
    cloud: { baseUrl: "https://mine.example/openai/v1", key: "sk-cloud" },
    router: { acceptsStreamUsage: true },
    home: { keyless: false },
    box: { vendor: "home", baseUrl: "http://127.0.0.1:1" },
  }),
  routes: fc
    .array(route, { maxLength: 3 })
    .map((routes) =>
      routes.map((each, index) => ({ ...each, name: `r${index}`, match: { ...each.match, tag: `t${index}` } })),
    ),
  limits: fc.record({ bodyBytesMax: size(99_999_999), jsonDepthMax: fc.integer({ min: 8, max: 1024 }) }),
  // Compliance routes demand one.
  bodies: fc.record({
    key: fc.constant(bodyKey),
    retention: fc.integer({ min: 1, max: 900 }).map((days) => `${days}d`),
  }),
  ledger: fc.record({
    durability: fc.constantFrom("strict", "relaxed"),
    retention: fc.integer({ min: 1, max: 900 }).map((days) => `${days}d`),
  }),
  network: fc.record({
    httpsProxy: maybe(fc.constantFrom("http://proxy:1", "")),
    noProxy: maybe(fc.constant([".x", "y"])),
  }),
  drain: duration(0, 3_600_000),
});

/** With every secret hidden, as it reads back from a printed text. */
function hidden(config: FarthingConfig): unknown {
  return JSON.parse(
    JSON.stringify(config, (key, value: unknown) =>
      key === "serverKey" && value !== null
        ? "***"
        : key === "file"
          ? null
          : typeof value === "bigint"
            ? value.toString()
            : value,
    ),
  );
}

describe("printConfig", () => {
  it("prints what reads back as the same config, and prints that the same again", () => {
    fc.assert(
      fc.property(document, (written) => {
        const config = loadText(JSON.stringify(written)).config;
        const text = printConfig(config);
        const again = loadText(text.replace('bodies:\n  key: "***"', `bodies:\n  key: ${bodyKey}`)).config;
        expect(hidden(again)).toEqual(hidden(config));
        expect(printConfig(again)).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it("says what is in force, wherever it came from", () => {
    const { config } = loadText("providers: { router: { quirks: { jsonSchema: hint } }, home: {} }");
    expect(describeConfig(config)["providers"]).toMatchObject({
      router: {
        keyless: false,
        paths: { "anthropic-messages": "/anthropic/v1/messages" },
        quirks: { acceptsStreamUsage: false, jsonSchema: "hint", outputLimitField: "max_completion_tokens" },
      },
      home: { baseUrl: "http://localhost:11434", keyless: true },
    });
  });

  it("does the same for the defaults", () => {
    const config = loadConfig({
      file: null,
      env: { OPENAI_API_KEY: "sk-live" },
      generation: 1,
      vendors: testVendors,
    }).config;
    expect(hidden(loadText(printConfig(config)).config)).toEqual(hidden(config));
  });

  it("keeps a plain ${ apart from a reference", () => {
    const config = loadText("routes: [{ name: a, match: { model: 'x$${KEY}' } }]").config;
    expect(config.routes[0]?.match.model).toEqual(["x${KEY}"]);
    expect(loadText(printConfig(config)).config.routes).toEqual(config.routes);
  });

  it("never prints a secret", () => {
    const secret = "canary-51d2";
    const text = `
providers:
  openai: { key: "\${SECRET}" }
  anthropic: { key: ${secret} }
network: { httpsProxy: "http://ada:${secret}@proxy:3128" }
`;
    const file = writeConfig(text);
    const printed = printConfig(
      loadConfig({ file, env: { SECRET: secret }, generation: 1, vendors: testVendors }).config,
    );
    expect(printed).not.toContain(secret);
    expect(printed).toContain('key: "***"');
    expect(printed).toContain("http://***@proxy:3128");
  });
});

describe("hidePassword", () => {
  it("leaves an address without one as it is", () => {
    expect(hidePassword("http://proxy:3128")).toBe("http://proxy:3128");
  });
});
