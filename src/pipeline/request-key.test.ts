import { describe, expect, it } from "vitest";
import { noCacheWishes } from "../spec/cache-control.ts";
import type { Isolation } from "../spec/cache-scope.ts";
import type { Scope } from "../spec/caller.ts";
import type { Claims } from "../spec/caller.ts";
import type { JsonValue } from "../spec/json.ts";
import type { Route, RuleCondition } from "../spec/route.ts";
import { plainAnswer } from "../testing/plain-dialect.ts";
import {
  createStageContext,
  stageCaller,
  stageEndpoint,
  stageRoute,
  type StageContextOptions,
  stageCache,
} from "../testing/stage-context.ts";
import { createStagePorts } from "../testing/stage-ports.ts";
import { buildPipeline } from "./order.ts";
import { base, body, changed, keyOf } from "./test-keyed-body.ts";

describe("requests that differ in what the answer depends on have different keys", () => {
  const others: Readonly<Record<string, StageContextOptions>> = {
    model: changed("model", "model-b"),
    "system text": changed("messages", [{ role: "user", content: "What is a farthing?" }]),
    "one character": changed("messages", [
      { role: "system", content: "You are terse." },
      { role: "user", content: "What is a farthing" },
    ]),
    "order of messages": changed("messages", (body["messages"] as JsonValue[]).toReversed()),
    "temperature changed": changed("temperature", 0.1),
    "temperature as text": changed("temperature", "0"),
    ...Object.fromEntries(Object.keys(body).map((name) => [`without ${name}`, changed(name)])),
    "order of a schema's fields": changed("response_format", {
      type: "json_schema",
      json_schema: { properties: { y: {}, x: {} } },
    }),
    streamed: changed("stream", true),
    "a field of tomorrow": changed("invented_yesterday", 1),
    query: { body, changes: { query: "?api-version=2" } },
    scope: { body, changes: { caller: stageCaller({ scope: "tenant-2" as Scope }) } },
    route: { body, changes: { route: stageRoute({ name: "other" }) } },
    endpoint: { body, changes: { targets: [{ endpoint: stageEndpoint("second"), model: "model-a" }] } },
    "a header that changes answers": { body, changes: { headers: ["anthropic-beta", "context-1m"] } },
    rules: {
      body,
      changes: {
        route: stageRoute({
          rules: [{ name: "r", when: {}, use: [{ endpoint: stageEndpoint("first"), model: "b" }] }],
        }),
      },
    },
  };
  it.each(Object.entries(others))("%s", (_name, options) => {
    expect(keyOf(options)).not.toBe(base);
  });

  it("and all of these differ from each other", () => {
    const keys = Object.values(others).map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("requests that mean the same have the same key", () => {
  const ignored = ["User-Agent", "a", "x-stainless-retry-count", "1", "traceparent", "00-1", "idempotency-key", "k"];
  it.each<[string, StageContextOptions]>([
    ["members in another order", { body: Object.fromEntries(Object.entries(body).toReversed()) }],
    ["headers about the client", { body, changes: { headers: ignored } }],
  ])("%s", (_name, options) => {
    expect(keyOf(options)).toBe(base);
  });

  it("headers in another order and case", () => {
    const one = keyOf({ body, changes: { headers: ["anthropic-version", "1", "OpenAI-Beta", "b"] } });
    expect(keyOf({ body, changes: { headers: ["openai-beta", "b", "Anthropic-Version", "1"] } })).toBe(one);
  });
});

const routeWith = (...conditions: readonly RuleCondition[]): Route =>
  stageRoute({
    exactCache: stageCache({ enabled: true, ttlMs: 3_600_000, entryBytesMax: 1_048_576 }),
    coalesce: { enabled: true },
    rules: conditions.map((when, index) => ({
      name: `rule-${index}`,
      when,
      use: [{ endpoint: stageEndpoint("first"), model: "cheap" }],
    })),
  });
const withClaims = (route: Route, claims: Partial<Claims>): StageContextOptions => ({
  body,
  changes: { route, caller: stageCaller({ claims: { tags: [], ...claims } }) },
});

describe("what a caller claims", () => {
  it.each<[RuleCondition, Partial<Claims>]>([
    [{ task: ["classification"] }, { task: "classification" }],
    [{ feature: ["search"] }, { feature: "search" }],
    [{ tag: ["batch"] }, { tags: ["batch"] }],
  ])("counts where a rule asks for it: %j", (when, claims) => {
    const route = routeWith({ model: ["model-z"] }, when);
    expect(keyOf(withClaims(route, claims))).not.toBe(keyOf(withClaims(route, {})));
    const everyOther = { task: "t", feature: "f", tags: ["g"], user: "u", session: "s", ...claims };
    expect(keyOf(withClaims(route, { ...everyOther, user: "v" }))).toBe(keyOf(withClaims(route, everyOther)));
  });

  it("is told apart from another claim of the same value, and tags from their order", () => {
    const route = routeWith({ task: ["x"], feature: ["x"], tag: ["a"] });
    expect(keyOf(withClaims(route, { task: "x" }))).not.toBe(keyOf(withClaims(route, { feature: "x" })));
    expect(keyOf(withClaims(route, { tags: ["a", "b"] }))).toBe(keyOf(withClaims(route, { tags: ["b", "a"] })));
  });

  it.each([
    ["no rules", routeWith()],
    ["rules about the body only", routeWith({ model: ["model-*"], tools: false, promptTokensMax: 1_000 })],
  ])("does not count with %s", (_name, route) => {
    const claims = { task: "t", feature: "f", tags: ["g"], user: "u" };
    expect(keyOf(withClaims(route, claims))).toBe(keyOf(withClaims(route, {})));
  });

  it("keeps a cheap model's answer from who asked for the real one: neither stored nor shared", async () => {
    const route = routeWith({ task: ["classification"] });
    const ports = createStagePorts();
    ports.transport.script = (call) => ({
      delayMs: 10,
      pieces: [plainAnswer(new TextDecoder().decode(call.body).includes('"cheap"') ? "cheap" : "real")],
    });
    const handler = buildPipeline(route, false);
    const ask = async (claims: Partial<Claims>): Promise<string> => {
      const { changes = {} } = withClaims(route, claims);
      const reply = await handler(createStageContext({ ports, changes }));
      return reply.kind === "whole" ? `${reply.origin} ${new TextDecoder().decode(reply.body)}` : "stream";
    };
    const cheapToo = { task: "classification", user: "somebody else" };
    const askAll = async (): Promise<readonly string[]> => {
      const answers = Promise.all([ask({ task: "classification" }), ask({}), ask(cheapToo)]);
      await ports.clock.advanceAsync(100);
      return answers;
    };
    const [cheap, real, shared] = await askAll();
    expect([cheap, real, shared]).toEqual([
      expect.stringMatching(/^provider .*cheap/),
      expect.stringMatching(/^provider .*real/),
      expect.stringMatching(/^coalesced .*cheap/),
    ]);
    expect(await askAll()).toEqual([
      expect.stringMatching(/^exact .*cheap/),
      expect.stringMatching(/^exact .*real/),
      expect.stringMatching(/^exact .*cheap/),
    ]);
    expect(ports.transport.calls).toHaveLength(2);
  });
});

const isolatedRoute = (isolation: Isolation): Route =>
  stageRoute({ exactCache: stageCache({ enabled: true, isolation }) });
const namedKey = (namespace: string | null, prompt?: string): string | null => {
  const claims = { tags: [], ...(prompt === undefined ? {} : { prompt }) };
  const changes = { cacheControl: { ...noCacheWishes, namespace }, caller: stageCaller({ claims }) };
  return keyOf({ body, changes });
};

const isolatedKey = (isolation: Isolation, keyId: string, user?: string): string | null => {
  const claims = { tags: [], ...(user === undefined ? {} : { user }) };
  return keyOf({ body, changes: { route: isolatedRoute(isolation), caller: stageCaller({ keyId, claims }) } });
};

describe("who may share", () => {
  it("is a tenant, a credential or a user, as the route says", () => {
    expect(isolatedKey("tenant", "key-1", "ann")).toBe(isolatedKey("tenant", "key-2", "bob"));
    expect(isolatedKey("credential", "key-1", "ann")).toBe(isolatedKey("credential", "key-1", "bob"));
    expect(isolatedKey("credential", "key-1")).not.toBe(isolatedKey("credential", "key-2"));
    expect(isolatedKey("user", "key-1", "ann")).toBe(isolatedKey("user", "key-2", "ann"));
    expect(isolatedKey("user", "key-1", "ann")).not.toBe(isolatedKey("user", "key-1", "bob"));
    expect(
      new Set([isolatedKey("tenant", "a", "a"), isolatedKey("credential", "a", "a"), isolatedKey("user", "a", "a")])
        .size,
    ).toBe(3);
  });

  it("is nobody where users are kept apart and none is named", () => {
    expect(isolatedKey("user", "key-1")).toBeNull();
  });

  it("is who names the same namespace and the same version of a prompt", () => {
    const keys = [
      namedKey(null),
      namedKey("a"),
      namedKey("b"),
      namedKey(null, "a"),
      namedKey(null, "a@2"),
      namedKey("a", "a"),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(namedKey("a", "a@2")).toBe(namedKey("a", "a@2"));
  });
});

it("what the caller wrote into the body for us only is no part of it", () => {
  const ours = { ...body, cache: { ttl: 60 } };
  expect(keyOf({ body: ours, changes: { edit: { leaveOut: ["cache"] } } })).toBe(base);
  expect(keyOf({ body: ours })).not.toBe(base);
});

it("a body that parsing may have changed has no key", () => {
  expect(keyOf({ body: { seed: JSON.parse("12345678901234567890") as number } })).toBeNull();
});

it("is reckoned once for a request that goes through both caches", async () => {
  let digests = 0;
  const ports = createStagePorts({ digest: (text) => `${++digests}:${text.length}` });
  ports.transport.script = () => ({ pieces: [plainAnswer("hello")] });
  const exactCache = stageCache({ enabled: true, ttlMs: 1_000, entryBytesMax: 10_000 });
  const handler = buildPipeline(stageRoute({ exactCache, coalesce: { enabled: true } }), false);
  const answer = handler(createStageContext({ ports }));
  await ports.clock.advanceAsync(1);
  await answer;
  expect(digests).toBe(1);
});

it("two scopes never meet: 200 probes, every answer its own", async () => {
  const route = stageRoute({
    exactCache: stageCache({ enabled: true, ttlMs: 1_000, entryBytesMax: 10_000 }),
    coalesce: { enabled: true },
  });
  const ports = createStagePorts();
  ports.transport.script = (call) => ({ pieces: [plainAnswer(String(call.headers.at(-1)))] });
  const handler = buildPipeline(route, false);
  const ask = async (tenant: number, question: number): Promise<string> => {
    const caller = stageCaller({
      kind: "own-key",
      scope: `tenant-${tenant}` as Scope,
      providerKey: `sk-${tenant}`,
      endpointId: "first",
    });
    const reply = await handler(createStageContext({ ports, body: { q: question }, changes: { caller, route } }));
    return reply.kind === "whole" ? `${reply.origin} ${new TextDecoder().decode(reply.body)}` : "stream";
  };
  const probes: Promise<void>[] = [];
  for (let probe = 0; probe < 200; probe++) {
    const tenant = probe % 2;
    probes.push(ask(tenant, probe % 10 < 5 ? 1 : 2).then((answer) => expect(answer).toContain(`sk-${tenant}`)));
  }
  await Promise.all(probes);
  expect(await ask(0, 1)).toContain("exact");
  expect(ports.transport.calls).toHaveLength(4);
});
