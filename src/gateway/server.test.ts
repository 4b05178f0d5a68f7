import { stageCache } from "../testing/stage-context.ts";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "../spec/clock.ts";
import { createMemoryLedger } from "../stores/memory/test-ledger.ts";
import { startGateway } from "./server.ts";
import {
  chatReply,
  chatRequest,
  type GotAnswer,
  send,
  testConfig,
  type TestGateway,
  testRoute,
  until,
} from "./test-gateway.ts";
import { createTestGateways } from "./test-gateways.ts";

const gateways = createTestGateways();
const { start } = gateways;
afterEach(() => gateways.stop());

function admin(stack: TestGateway, path: string, token: string | null, method = "GET"): Promise<GotAnswer> {
  const headers = token === null ? ["x-nothing", "1", "x-api-key", "x"] : ["authorization", `Bearer ${token}`];
  return send(stack.adminPort, { method, path, headers });
}

function tokenOf(stack: TestGateway): string {
  return readFileSync(join(stack.config.dataDirectory, "admin-token"), "utf8").trim();
}

describe("health", () => {
  it("is told on both listeners, to anybody", async () => {
    const stack = await start();
    for (const port of [stack.port, stack.adminPort]) {
      for (const path of ["/healthz", "/readyz"]) {
        const answer = await send(port, { method: "GET", path });
        expect([answer.status, answer.text]).toEqual([200, '{"status":"ok"}']);
      }
    }
    expect((await send(stack.port, { method: "HEAD", path: "/" })).status).toBe(200);
  });
});

describe("the admin listener", () => {
  it("answers everything but health to the admin token only", async () => {
    const stack = await start();
    for (const path of ["/metrics", "/v1/farthing/status", "/v1/farthing/requests/fr_1", "/nothing"]) {
      expect((await admin(stack, path, null)).status).toBe(403);
      expect((await admin(stack, path, "fa_wrong")).status).toBe(403);
    }
    expect((await admin(stack, "/nothing", tokenOf(stack))).status).toBe(404);
    expect((await admin(stack, "/metrics", tokenOf(stack), "POST")).status).toBe(405);
    expect((await admin(stack, "/v1/chat/completions", tokenOf(stack))).status).toBe(404);
  });

  it("shows metrics that count what was settled", async () => {
    const stack = await start();
    await send(stack.port);
    const { text, headers } = await admin(stack, "/metrics", tokenOf(stack));
    expect(headers["content-type"]).toContain("version=0.0.4");
    expect(text).toContain(
      'farthing_requests_total{dialect="openai-chat",provider="openai",model="gpt-4o-mini",status_class="2xx",cache="off"} 1\n',
    );
    expect(text).toContain('farthing_cost_usd_total{provider="openai",model="gpt-4o-mini"} 0.000002100000\n');
  });

  it("finds a record by our id and by either of the provider's, and callers find their own only", async () => {
    const stack = await start();
    const id = String((await send(stack.port)).headers["x-farthing-request-id"]);
    for (const any of [id, "req_1", chatReply.id]) {
      const found = await admin(stack, `/v1/farthing/requests/${any}`, tokenOf(stack));
      expect([found.status, found.json()["requestId"]]).toEqual([200, id]);
    }
    const path = `/v1/farthing/requests/${id}`;
    const own = await send(stack.port, { method: "GET", path });
    expect(own.json()["journal"]).toEqual(expect.arrayContaining([expect.objectContaining({ stage: "settle" })]));
    expect((await send(stack.port, { method: "GET", path, headers: ["x-api-key", "sk-other"] })).status).toBe(404);
    expect((await send(stack.port, { method: "GET", path, headers: ["x-api-key", ""] })).status).toBe(401);
  });
});

describe("the list of models", () => {
  it("comes in the shape of the caller's vendor", async () => {
    const stack = await start();
    const openai = (await send(stack.port, { method: "GET", path: "/v1/models" })).json();
    const anthropic = (
      await send(stack.port, {
        method: "GET",
        path: "/v1/models?limit=1000",
        headers: ["anthropic-version", "2023-06-01"],
      })
    ).json();
    expect(openai).toMatchObject({ object: "list" });
    expect(openai["data"]).toContainEqual({ id: "gpt-4o-mini", object: "model", created: 0, owned_by: "openai" });
    expect(anthropic).toMatchObject({ has_more: false });
    const ids = (anthropic["data"] as { id: string; type: string }[]).map((model) => model.id);
    expect(ids.length).toBeGreaterThan(3);
    expect(ids.every((id) => id.startsWith("claude"))).toBe(true);
    expect((await send(stack.port, { method: "GET", path: "/v1/models/gpt-4o-mini" })).json()["id"]).toBe(
      "gpt-4o-mini",
    );
    expect((await send(stack.port, { method: "GET", path: "/v1/models/claude-nothing" })).status).toBe(404);
  });
});

describe("local keys", () => {
  it("are made at the first start when the server holds a key, and open that key only", async () => {
    const stack = await start({ endpoint: { serverKey: "sk-server" } });
    const notice = stack.gateway.firstStartNotices.join("\n");
    const key = /fk_\S+/.exec(notice)?.[0] ?? "";
    const { dataDirectory } = stack.config;
    expect(readFileSync(join(dataDirectory, "keys.json"), "utf8")).not.toContain(key.slice(14));
    expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
    for (const file of ["scope-secret", "admin-token", "keys.json"]) {
      expect(statSync(join(dataDirectory, file)).mode & 0o777).toBe(0o600);
    }

    expect((await send(stack.port, { headers: ["x-api-key", key] })).status).toBe(200);
    expect((await send(stack.port, { headers: ["x-api-key", "sk-own"] })).status).toBe(200);
    const sent = stack.upstream.calls.map((call) => call.headers[call.headers.indexOf("authorization") + 1]);
    expect(sent).toEqual(["Bearer sk-server", "Bearer sk-own"]);
    expect(stack.ledger.records.map((record) => record.keyId.slice(0, 4))).not.toContain("fk_");

    for (const wrong of [
      `${key}x`,
      key.slice(0, -1),
      key.toUpperCase(),
      key.replace(/.$/, key.endsWith("A") ? "B" : "A"),
    ]) {
      const answer = await send(stack.port, { headers: ["x-api-key", wrong] });
      expect([401, 200]).toContain(answer.status);
      expect(stack.upstream.calls.at(-1)?.headers).not.toContain("Bearer sk-server");
    }
    expect(JSON.stringify(stack.log)).not.toContain(key);
  });

  it("reach no provider whose key the server does not hold", async () => {
    const keyed = await start({ endpoint: { serverKey: "sk-server" } });
    const key = /fk_\S+/.exec(keyed.gateway.firstStartNotices.join("\n"))?.[0] ?? "";
    const endpoints = keyed.config.endpoints.map((one) => ({
      ...one,
      serverKey: one.id === "openai" ? "sk-server" : null,
    }));
    keyed.gateway.reload({ ...keyed.config, endpoints, generation: 2 });
    const body = JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 5,
      messages: [{ role: "user", content: "x" }],
    });
    const answer = await send(keyed.port, { path: "/v1/messages", headers: ["x-api-key", key], body });
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ type: "error", error: { type: "not_found_error" } });
    expect(keyed.upstream.calls).toHaveLength(0);
  });

  it("alone are taken where own keys are not allowed", async () => {
    const stack = await start({ config: { allowOwnKeys: false } });
    const answer = await send(stack.port);
    expect(answer.status).toBe(401);
    expect(stack.upstream.calls).toHaveLength(0);
  });
});

describe("claims", () => {
  it("reach the ledger from headers, aliases and body, a header of ours before all others", async () => {
    const stack = await start();
    const body = JSON.stringify(
      chatRequest({
        user: "from-user",
        safety_identifier: "s",
        prompt_cache_key: "p",
        metadata: { team: "t", other: "x" },
      }),
    );
    const headers = [
      "x-farthing-feature",
      "search",
      "x-farthing-tags",
      "a, b",
      "X-Farthing-User",
      "Jos\u00c3\u00a9",
      "Helicone-User-Id",
      "helicone",
      "Helicone-Session-Id",
      "s1",
      "Helicone-Property-Plan",
      "pro",
      "x-portkey-metadata",
      '{"_user":"portkey","cohort":"c1","deep":{"a":1}}',
      "x-claude-code-session-id",
      "s2",
    ];
    await send(stack.port, { headers, body });
    expect(stack.ledger.records[0]?.claims).toEqual({
      feature: "search",
      user: "José",
      session: "s1",
      cohort: "c1",
      team: "t",
      prompt: "p",
      tags: ["a", "b", "plan:pro"],
    });
  });
});

describe("the off switch", () => {
  it("and the bypass header take the optimisations out, and nothing else", async () => {
    const route = { exactCache: stageCache({ enabled: true, ttlMs: 60_000, entryBytesMax: 10_000 }) };
    const stack = await start({ route });
    const cacheOf = async (headers: readonly string[] = []): Promise<unknown> =>
      (await send(stack.port, { headers })).headers["x-farthing-cache"];
    expect(await cacheOf()).toBe("miss");
    expect(await cacheOf()).toBe("hit");
    expect(await cacheOf(["x-farthing-bypass", "1"])).toBe("bypass");
    expect(await cacheOf(["x-api-key", "sk-another-caller"])).toBe("miss");
    writeFileSync(join(stack.config.dataDirectory, "off"), "");
    await until(() => stack.gateway.engine.status().off);
    expect(await cacheOf()).toBe("bypass");
    rmSync(join(stack.config.dataDirectory, "off"));
    await until(() => !stack.gateway.engine.status().off);
    expect(await cacheOf()).toBe("hit");
    expect(stack.ledger.records).toHaveLength(6);
  });
});

describe("a reload", () => {
  it("takes for the next call, keeps what is cached and lets open calls end", async () => {
    const route = { exactCache: stageCache({ enabled: true, ttlMs: 60_000, entryBytesMax: 10_000 }) };
    const stack = await start({ route });
    await send(stack.port);
    const waiting: ServerResponse[] = [];
    const usual = stack.upstream.answer;
    stack.upstream.answer = (_, response) => waiting.push(response);
    const open = send(stack.port, { body: JSON.stringify(chatRequest({ n: 1 })) });
    await until(() => waiting.length === 1);
    const network = { ...stack.config.network, connectionsPerOrigin: 8 };
    stack.gateway.reload({
      ...stack.config,
      generation: 2,
      routes: [testRoute({ ...route, name: "default" })],
      network,
    });
    waiting[0]?.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(chatReply));
    expect((await open).status).toBe(200);
    stack.upstream.answer = usual;
    expect((await send(stack.port)).headers["x-farthing-cache"]).toBe("hit");
    expect(stack.ledger.records.map((record) => record.configGeneration)).toEqual([1, 1, 2]);
  });
});

describe("too much at once", () => {
  it("is refused with 503 and a time to come back", async () => {
    const limits = { bodyBytesMax: 65_536, jsonDepthMax: 64, replyBytesMax: 65_536, inFlightMax: 2 };
    const stack = await start({ config: { limits } });
    const waiting: ServerResponse[] = [];
    stack.upstream.answer = (_, response) => waiting.push(response);
    const first = [send(stack.port), send(stack.port)];
    await until(() => waiting.length === 2);
    const third = await send(stack.port);
    expect(third.status).toBe(503);
    expect(third.headers["retry-after"]).toBe("1");
    expect(third.headers["x-should-retry"]).toBeUndefined();
    for (const response of waiting) response.writeHead(200).end(JSON.stringify(chatReply));
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe("failures on the way", () => {
  it("tell the caller in its dialect and the log without key or body", async () => {
    const stack = await start();
    stack.upstream.answer = (_, response) => response.socket?.destroy();
    const body = JSON.stringify({
      model: "claude-sonnet-4-5",
      max_tokens: 5,
      messages: [{ role: "user", content: "secret" }],
    });
    const answer = await send(stack.port, { path: "/v1/messages", body, headers: ["x-api-key", "sk-canary"] });
    expect(answer.status).toBe(502);
    expect(answer.json()).toMatchObject({ type: "error", error: { type: "api_error" } });
    const line = stack.log.find((one) => "event" in one && one.event === "request-failed");
    expect(line).toMatchObject({ code: "upstream_broken", request_id: answer.headers["x-farthing-request-id"] });
    expect(JSON.stringify(stack.log)).not.toMatch(/canary|secret/);
  });

  it("of ours become a 500, and the process goes on", async () => {
    const stack = await start({ engine: { clock: brokenClock } });
    const answer = await send(stack.port);
    expect(answer.status).toBe(500);
    expect(answer.json()).toMatchObject({ error: { code: "internal_error" } });
    expect(JSON.stringify(stack.log)).not.toContain("canary");
    expect(stack.log).toContainEqual(expect.objectContaining({ event: "defect" }));
    expect((await send(stack.port, { method: "GET", path: "/healthz" })).status).toBe(200);
  });
});

/** A clock that fails whoever measures with it. */
const brokenClock: Clock = {
  nowMs: Date.now,
  monotonicUs: () => {
    throw new TypeError("canary: planted");
  },
  after: () => () => undefined,
};

describe("the end", () => {
  it("lets open calls finish, refuses new ones, and says so", async () => {
    const stack = await start({ config: { drainMs: 5000 } });
    const waiting: ServerResponse[] = [];
    stack.upstream.answer = (_, response) => waiting.push(response);
    const open = send(stack.port);
    await until(() => waiting.length === 1);
    const kept = connect(stack.port, "127.0.0.1");
    await new Promise((resolve) => kept.once("connect", resolve));
    const closing = stack.gateway.close();
    const ready = await send(stack.adminPort, { method: "GET", path: "/readyz" });
    expect([ready.status, ready.text]).toEqual([503, '{"status":"draining"}']);
    await expect(send(stack.port)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    waiting[0]?.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(chatReply));
    const answer = await open;
    expect([answer.status, answer.headers["connection"]]).toEqual([200, "close"]);
    await closing;
    kept.destroy();
    expect(stack.ledger.records.map((record) => record.outcome)).toEqual(["ok"]);
  });

  it("ends what is left after the drain time with an error in the dialect, and every call has a row", async () => {
    const stack = await start({ config: { drainMs: 100 } });
    stack.upstream.answer = (call, response) => {
      if (!call.body.includes('"stream":true')) return;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n');
    };
    const whole = send(stack.port);
    const stream = send(stack.port, { body: JSON.stringify(chatRequest({ stream: true })) });
    await until(() => stack.upstream.calls.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedAtMs = performance.now();
    await stack.gateway.close();
    expect(performance.now() - startedAtMs).toBeLessThan(2100);
    expect([(await whole).status, (await whole).headers["retry-after"]]).toEqual([503, "2"]);
    expect((await whole).text).toContain("shutting_down");
    expect((await stream).text).toContain("shutting");
    expect((await stream).text).not.toContain("[DONE]");
    expect(stack.ledger.records).toHaveLength(2);
  });
});

describe("a start that cannot be", () => {
  const directories: string[] = [];
  const directory = (): string => {
    const made = mkdtempSync(join(tmpdir(), "farthing-refused-"));
    directories.push(made);
    return made;
  };
  afterEach(() => directories.splice(0).forEach((path) => rmSync(path, { recursive: true, force: true })));

  it("says which port is busy and what to do, and leaves nothing behind", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const { port } = holder.address() as AddressInfo;
    const config = testConfig("http://127.0.0.1:9", directory(), { config: { traffic: { host: "127.0.0.1", port } } });
    const ledger = createMemoryLedger();
    const starting = startGateway({ config, engineOptions: { ledger }, log: () => undefined });
    await expect(starting).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use.`);
    await expect(starting).rejects.toThrow("--listen 127.0.0.1:0");
    expect(await ledger.append({} as never, false)).toBe("dropped");
    holder.close();
  });

  it("is one that others could reach while nobody could be told apart", async () => {
    for (const place of ["traffic", "admin"] as const) {
      const config = testConfig("http://127.0.0.1:9", directory(), {
        config: { [place]: { host: "0.0.0.0", port: 0 } },
      });
      const starting = startGateway({ config, engineOptions: { ledger: createMemoryLedger() }, log: () => undefined });
      await expect(starting).rejects.toThrow(/0\.0\.0\.0 needs a local key/);
    }
  });

  it("is possible there with a local key, and then own keys are refused", async () => {
    const stack = await start({
      config: { traffic: { host: "0.0.0.0", port: 0 } },
      endpoint: { serverKey: "sk-server" },
    });
    expect((await send(stack.port)).status).toBe(401);
    const key = /fk_\S+/.exec(stack.gateway.firstStartNotices.join("\n"))?.[0] ?? "";
    expect((await send(stack.port, { headers: ["x-api-key", key] })).status).toBe(200);
    expect(existsSync(join(stack.config.dataDirectory, "keys.json"))).toBe(true);
  });
});
