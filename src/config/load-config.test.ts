import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FarthingError } from "../kit/farthing-error.ts";
import { loadConfig } from "./load-config.ts";
import { loadText, makeFolder, problemsOf, writeConfig } from "./test-load.ts";
import { testVendors } from "./test-vendors.ts";

const load = (env: Readonly<Record<string, string | undefined>>) =>
  loadConfig({ file: null, env, generation: 1, vendors: testVendors });

describe("defaults", () => {
  it("are safe: loopback, every optimisation off, strict ledger, retries on", () => {
    const { config, warnings } = load({ HOME: "/srv/ada" });
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      generation: 1,
      file: null,
      traffic: { host: "127.0.0.1", port: 8787 },
      admin: { host: "127.0.0.1", port: 8788 },
      allowOwnKeys: true,
      dataDirectory: "/srv/ada/.farthing",
      defaultEndpoints: {
        "openai-chat": "openai",
        "openai-responses": "openai",
        "anthropic-messages": "anthropic",
        gemini: "google",
      },
      limits: { bodyBytesMax: 33_554_432, jsonDepthMax: 128, replyBytesMax: 67_108_864, inFlightMax: 4096 },
      ledger: { durability: "strict", syncWaitMsMax: 250, spoolRowsMax: 100_000, retentionDays: 400 },
      network: { httpsProxy: null, noProxy: [], extraCa: null, connectionsPerOrigin: 256 },
      drainMs: 30_000,
    });
    expect(config.endpoints.map(({ id, origin, serverKey }) => [id, origin, serverKey])).toEqual([
      ["openai", "https://api.openai.com", null],
      ["anthropic", "https://api.anthropic.com", null],
      ["google", "https://generativelanguage.googleapis.com", null],
    ]);
    expect(config.routes).toEqual([
      {
        name: "default",
        match: {},
        compliance: false,
        storeBodies: false,
        exactCache: {
          enabled: false,
          contentClass: "unlabelled",
          ttlMs: 3_600_000,
          staleMs: 0,
          refusalMs: 30_000,
          entryBytesMax: 1_048_576,
          isolation: "tenant",
          normalised: false,
          acrossDialects: false,
          pureTools: [],
          variety: false,
          usefulShareMin: 0.15,
        },
        addStreamUsage: true,
        coalesce: { enabled: false },
        rules: [],
        retry: { enabled: true, attemptsMax: 3, backoffMs: 250, backoffMsMax: 60_000, retryAmbiguous: false },
        timeouts: { connectMs: 5000, firstByteMs: 600_000, idleMs: 300_000, totalMs: 600_000 },
        abort: { mode: "cut", drainMsMax: 30_000, drainBytesMax: 8_388_608 },
      },
    ]);
  });

  it("take provider keys from the environment", () => {
    const { config } = load({
      OPENAI_API_KEY: "sk-one",
      ANTHROPIC_API_KEY: "sk-ant-two",
      GEMINI_API_KEY: "AIza-three",
    });
    expect(config.endpoints.map((endpoint) => endpoint.serverKey)).toEqual(["sk-one", "sk-ant-two", "AIza-three"]);
  });

  it("do not take a key of our own for a provider's, nor the clients' base URL for an address", () => {
    const { config, warnings } = load({
      OPENAI_API_KEY: "fk_abcd_secret",
      OPENAI_BASE_URL: "http://127.0.0.1:8787/v1",
    });
    expect(config.endpoints[0]).toMatchObject({ origin: "https://api.openai.com", serverKey: null });
    expect(warnings).toHaveLength(2);
    expect(warnings.join("\n")).not.toContain("secret");
  });
});

describe("a file", () => {
  it("resolves providers, rules and routes", () => {
    const { config } = loadText(
      `
providers:
  openai: { key: "\${MY_KEY}" }
  east: { vendor: openai, baseUrl: https://east.example/openai/v1 }
  own:
    baseUrl: http://127.0.0.1:11434/v1
    dialects: [openai-chat]
    acceptsStreamUsage: false
defaultProviders: { openai-chat: east }
routes:
  - name: legal
    match: { tag: legal, dialect: [openai-chat] }
    compliance: true
  - name: chat
    match: { model: [gpt-4o*, o3], promptTokensMax: 2000, tools: false }
    exactCache: { enabled: true, ttl: 10m, entryBytesMax: 64KiB }
    coalesce: { enabled: true }
    targets:
      - name: small
        when: { task: classification }
        use: [openai/gpt-4o-mini, own/meta/llama-3]
    retry: { attemptsMax: 2 }
    abort: { mode: drain, drainMax: 5s }
ledger: { durability: relaxed, retention: 30d }
bodies: { key: "\${BODIES}" }
`,
      { MY_KEY: "sk-secret", BODIES: "b".repeat(32) },
    );
    expect(config.defaultEndpoints).toEqual({ "openai-chat": "east", "openai-responses": "openai" });
    expect(config.endpoints).toMatchObject([
      { id: "openai", serverKey: "sk-secret" },
      { id: "east", vendor: "openai", origin: "https://east.example", basePath: "/openai", serverKey: null },
      {
        id: "own",
        vendor: "own",
        keyHeader: "authorization",
        keyPrefix: "Bearer ",
        quirks: { acceptsStreamUsage: false },
      },
    ]);
    expect(config.routes.map((route) => route.name)).toEqual(["legal", "chat", "default"]);
    expect(config.routes[0]?.match).toEqual({ tag: ["legal"], dialect: ["openai-chat"] });
    expect(config.routes[1]).toMatchObject({
      match: { model: ["gpt-4o*", "o3"], promptTokensMax: 2000, tools: false },
      exactCache: { enabled: true, ttlMs: 600_000, entryBytesMax: 65_536 },
      coalesce: { enabled: true },
      retry: { enabled: true, attemptsMax: 2, backoffMs: 250 },
      abort: { mode: "drain", drainMsMax: 5000 },
    });
    expect(config.routes[1]?.rules).toMatchObject([
      {
        name: "small",
        when: { task: ["classification"] },
        use: [
          { endpoint: { id: "openai" }, model: "gpt-4o-mini" },
          { endpoint: { id: "own" }, model: "meta/llama-3" },
        ],
      },
    ]);
    expect(config.ledger).toMatchObject({ durability: "relaxed", retentionDays: 30 });
    expect(config.bodies).toEqual({ key: "b".repeat(32), retentionDays: 365 });
  });

  it("may consist of comments, and sections may be empty", () => {
    expect(loadText("# nothing yet\n").config.routes).toHaveLength(1);
    expect(loadText("limits:\nroutes:\n").config.limits.jsonDepthMax).toBe(128);
    expect(loadText("providers:\n  openai:\n").config.endpoints.map((endpoint) => endpoint.id)).toEqual(["openai"]);
  });

  it("takes numbers and switches from the environment", () => {
    const text = "limits: { inFlightMax: '${MAX}' }\nroutes: [{ name: a, exactCache: { enabled: '${ON:-true}' } }]\n";
    const { config } = loadText(text, { MAX: "12" });
    expect(config.limits.inFlightMax).toBe(12);
    expect(config.routes[0]?.exactCache.enabled).toBe(true);
  });

  it("reads keys from files, relative to itself, without the newline", () => {
    const folder = makeFolder();
    mkdirSync(join(folder, "secrets"));
    writeFileSync(join(folder, "secrets", "openai"), "sk-from-file\n");
    const file = writeConfig("providers: { openai: { key: 'file:secrets/openai' } }", folder);
    const { config, warnings } = loadConfig({ file, env: {}, generation: 1, vendors: testVendors });
    expect(config.endpoints[0]?.serverKey).toBe("sk-from-file");
    expect(warnings).toEqual([]);
  });

  it("finds the data directory: flag before environment before file, relative to the file", () => {
    const folder = makeFolder();
    const file = writeConfig("dataDirectory: data", folder);
    const options = { file, generation: 1, vendors: testVendors };
    expect(loadConfig({ ...options, env: {} }).config.dataDirectory).toBe(join(folder, "data"));
    expect(loadConfig({ ...options, env: { FARTHING_DATA_DIR: "/a" } }).config.dataDirectory).toBe("/a");
    const overrides = { dataDirectory: "/b", listen: "0.0.0.0:80" };
    const { config } = loadConfig({ ...options, env: { FARTHING_DATA_DIR: "/a" }, overrides });
    expect(config).toMatchObject({ dataDirectory: "/b", traffic: { host: "0.0.0.0", port: 80 }, allowOwnKeys: false });
  });

  it("honours the proxy variables every program knows", () => {
    const env = { https_proxy: "http://proxy:3128", NO_PROXY: "localhost, *.corp.example,.x" };
    expect(loadText("{}", env).config.network).toMatchObject({
      httpsProxy: "http://proxy:3128",
      noProxy: ["localhost", ".corp.example", ".x"],
    });
    expect(loadText("{}", { ...env, NO_PROXY: "*" }).config.network.httpsProxy).toBeNull();
    expect(loadText("network: { httpsProxy: '' }", env).config.network.httpsProxy).toBeNull();
    expect(problemsOf("{}", { HTTPS_PROXY: "proxy:3128" })).toEqual([
      "environment: HTTPS_PROXY: is not the address of a proxy. Write http://host:port.",
    ]);
  });

  it("warns of keys that stand in the file, of idle variables and of idle switches", () => {
    const { warnings } = loadText(
      `providers: { openai: { key: sk-literal } }\nbodies: { key: ${"b".repeat(32)} }\nroutes: [{ name: a, compliance: true, exactCache: { enabled: true } }]`,
    );
    expect(warnings).toEqual([
      "Route a is a compliance route: its cache, its sharing and its targets stay off.",
      "The key of provider openai stands in the config file itself; prefer ${VARIABLE} or file:/path.",
      "The key of the stored bodies stands in the config file itself; prefer ${VARIABLE} or file:/path.",
    ]);
    expect(loadText("providers: { openai: {} }", { OPENAI_API_KEY: "sk" }).warnings).toEqual([
      "OPENAI_API_KEY is set, but provider openai has no key: callers bring their own. To use it, add key: ${OPENAI_API_KEY}.",
    ]);
  });
});

describe("a wrong file", () => {
  it("throws one error with the code config_invalid", () => {
    expect(() => loadText("nope: 1")).toThrow(FarthingError);
    expect(() => loadText("nope: 1")).toThrow(expect.objectContaining({ code: "config_invalid" }));
  });

  it("has everything told at once, with place and fix", () => {
    const text = `listen:
  admin: nonsense
provider:
  x: {}
providers:
  openai:
    key: \${NOPE}
    baseurl: https://x
  anthropc: {}
  own:
    baseUrl: http://user:hunter2@gpu:8000/v1
    dialects: [openai-chatt]
routes:
  - name: chat
    exactcache: {enabled: true}
    exactCache:
      enabled: yes
      ttl: 3600
    targets:
      - name: cheap
        when: {promptTokensMin: 5, promptTokensMax: 3}
        use: [gpt-4o-mini]
    retry: {attemptsMax: 9, backoff: 5 s}
  - match: {tag: x}
limits:
  bodyBytesMax: 32mb
  bodyBytesMax: 32MiB
ledger: {durability: stric, retention: 36h}
`;
    expect(problemsOf(text)).toEqual([
      "farthing.yaml:2:10: listen.admin: is not an address (found nonsense). Write host:port, such as 127.0.0.1:8787, or [::1]:8787 for IPv6.",
      "farthing.yaml:3:1: provider: unknown key. Did you mean providers?",
      "farthing.yaml:7:10: providers.openai.key: the environment variable NOPE is not set. Export NOPE, or write ${NOPE:-default} to do without it.",
      "farthing.yaml:8:5: providers.openai.baseurl: unknown key. Did you mean baseUrl?",
      "farthing.yaml:9:3: providers.anthropc: no vendor is called anthropc. Did you mean anthropic? A server of your own needs baseUrl and dialects.",
      "farthing.yaml:11:14: providers.own.baseUrl: holds a user name or password. Take it out; the key belongs in key: ${VARIABLE} or key: file:/path.",
      "farthing.yaml:12:16: providers.own.dialects[0]: is not one of the choices (found openai-chatt). Did you mean openai-chat? Write openai-chat, openai-responses, anthropic-messages, gemini, openai-embeddings or openai-completions.",
      "farthing.yaml:15:5: routes[0].exactcache: unknown key. Did you mean exactCache?",
      "farthing.yaml:17:16: routes[0].exactCache.enabled: must be true or false (found yes). Write true or false.",
      "farthing.yaml:18:12: routes[0].exactCache.ttl: is not a duration (found 3600). Write a number with its unit, such as 250ms, 5s, 10m, 1h or 2d.",
      "farthing.yaml:23:26: routes[0].retry.attemptsMax: is not a whole number in range (found 9). Write a whole number from 1 to 3.",
      "farthing.yaml:23:38: routes[0].retry.backoff: is not a duration (found 5 s). Write a number with its unit, such as 250ms, 5s, 10m, 1h or 2d.",
      "farthing.yaml:24:5: routes[1].name: is missing. Add name.",
      "farthing.yaml:27:3: this key stands twice. Keep one of them.",
      "farthing.yaml:28:22: ledger.durability: is not one of the choices (found stric). Did you mean strict? Write strict or relaxed.",
      "farthing.yaml:28:40: ledger.retention: is not in whole days (found 36h). Write it as days, such as 400d.",
    ]);
  });

  it.each([
    [
      "providers: {openai: {}}\nroutes: [{name: a, targets: [{name: r, use: opnai/x}]}]",
      "2:45: routes[0].targets[0].use: no provider is called opnai (found opnai/x). Did you mean openai?",
    ],
    [
      "routes: [{name: a, targets: [{name: r, use: [gpt-4o]}]}]",
      "1:46: routes[0].targets[0].use[0]: is not provider/model (found gpt-4o). Write the provider's name, a slash and the model, such as openai/gpt-4o-mini.",
    ],
    [
      "routes: [{name: a}, {name: b}]",
      "1:10: routes[0]: route a matches everything, so none behind it is ever reached. Give it a match, or move it to the end.",
    ],
    [
      "routes: [{name: a, match: {tag: x}}, {name: a}]",
      "1:45: routes[1].name: two routes have this name (found a). Rename one of them.",
    ],
    [
      "providers: {anthropic: {}}\ndefaultProviders: {openai-embeddings: anthropic}",
      "2:39: defaultProviders.openai-embeddings: no provider called anthropic speaks openai-embeddings (found anthropic). Those that do: none.",
    ],
    [
      "listen: {traffic: 127.0.0.1:1, admin: 127.0.0.1:1}",
      "1:39: listen.admin: is the same address as traffic (found 127.0.0.1:1). Give the two listeners different ports.",
    ],
    [
      "providers: {openai: {key: fk_abcd_hunter2}}",
      "1:27: providers.openai.key: this is a key of Farthing, not of a provider. Put the provider's own key here; Farthing's keys are for clients.",
    ],
    ["providers: {}", "1:12: providers: names no provider. Add one, such as openai: {}, or leave the section out."],
    [
      "limits: [1]",
      "1:9: limits: must be a section. It takes: bodyBytesMax, jsonDepthMax, replyBytesMax, inFlightMax.",
    ],
    [
      "just text",
      "1:1: must be a section (found just text). It takes: listen, dataDirectory, providers, defaultProviders, routes, limits, ledger, network, prices, zone, cache, bodies, balancesDirectory, budgets, alerts, drain.",
    ],
    ["drain: 2h", "1:8: drain: is out of range (found 2h). The range is 0ms to 3600000ms."],
    ["dataDirectory: 5", "1:16: dataDirectory: must be text (found 5). Put it in quotes."],
  ])("%s", (text, problem) => {
    expect(problemsOf(text)).toEqual([`farthing.yaml:${problem}`]);
  });

  it("is refused where it is no YAML, is empty, or is not there", () => {
    expect(problemsOf("a: [1")).toEqual([
      expect.stringMatching(/^farthing\.yaml:1:6: not valid YAML: .*brackets around here\.$/),
    ]);
    expect(problemsOf(" \n")).toEqual([
      "farthing.yaml: the file is empty. Write at least a comment into it, or start without --config.",
    ]);
    expect(() => loadConfig({ file: "/nowhere.yaml", env: {}, generation: 1, vendors: testVendors })).toThrow(
      "/nowhere.yaml: the file cannot be read (ENOENT). Correct the path or its mode.",
    );
  });

  it("has one mistake in its YAML told once, with the usual cause", () => {
    expect(problemsOf("providers: { openai: { key: ${KEY} } }\nlimits: {}")).toEqual([
      "farthing.yaml:1:30: not valid YAML: Unexpected flow-map-start at node end. Inside { } put ${NAME} in quotes.",
    ]);
  });

  it("cannot unfold without end, nor into itself", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x]",
      ..."bcdefgh"
        .split("")
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(", ")}]`),
    ];
    expect(problemsOf(bomb.join("\n")).join()).toContain("unfolds to too many values");
    expect(problemsOf("routes: &r [*r]").join()).toContain("unfolds to too many values");
  });

  it("never has a secret quoted back", () => {
    const secret = "canary-7f3a";
    const texts = [
      `providers: { openai: { key: "${secret}\\n" } }`,
      `providers: { openai: { key: ["${secret}"] } }`,
      `providers: { openai: { baseUrl: "https://u:${secret}@x" } }`,
      `providers: { openai: { baseUrl: "${secret}" } }`,
      `network: { httpsProxy: "${secret}" }`,
      `providers: { openai: { key: "x" ${secret} } }`,
      `providers:\n  openai:\n    key: x\n   ${secret}: y`,
      `key: &${secret} *other${secret}`,
      `key: !${secret} x`,
      `key: "${secret}`,
      `${secret}\n  - : x: y`,
      "drain: ${SECRET}",
      "ledger: { durability: '${SECRET}' }",
      "routes: [{ name: a, targets: [{ name: b, use: '${SECRET}' }] }]",
      "listen: { traffic: '${SECRET}' }",
    ];
    for (const text of texts) {
      const told = problemsOf(text, { SECRET: secret }).join("\n");
      expect(told).not.toBe("");
      expect(told).not.toContain(secret);
    }
  });
});
