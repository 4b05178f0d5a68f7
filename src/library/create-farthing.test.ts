import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chatReply, messagesReply, until, usualAnswer } from "../gateway/test-gateway.ts";
import { chatInit, chatUrl, startTestLibrary, type TestLibrary } from "./test-library.ts";

let library: TestLibrary;
beforeAll(async () => {
  const routes = "routes: [{ name: cached, match: { task: classification }, exactCache: { enabled: true } }]";
  library = await startTestLibrary({ more: `${routes}\nlimits: { bodyBytesMax: 64KiB }` });
});
afterAll(() => library.stop());
beforeEach(() => {
  library.upstream.calls.length = 0;
  library.upstream.answer = usualAnswer;
});

const json = (response: Response): Promise<Record<string, unknown>> =>
  response.json() as Promise<Record<string, unknown>>;
const errorOf = async (response: Response): Promise<Record<string, unknown>> =>
  (await json(response))["error"] as Record<string, unknown>;

describe("a whole answer", () => {
  it("comes with the provider's status, headers and bytes, the decision and the cost", async () => {
    const response = await library.farthing.fetch(chatUrl, chatInit({}, { "x-farthing-feature": "library" }));
    expect(response.status).toBe(200);
    expect(response.statusText).toBe("OK");
    expect(response.headers.get("x-request-id")).toBe("req_1");
    expect(response.headers.get("x-farthing-cache")).toBe("off");
    expect(Number(response.headers.get("x-farthing-cost"))).toBeGreaterThan(0);
    expect(await response.text()).toBe(JSON.stringify(chatReply));
    const record = library.ledger.records.at(-1);
    expect(record?.requestId).toBe(response.headers.get("x-farthing-request-id"));
    expect(record).toMatchObject({ outcome: "ok", status: 200, claims: { feature: "library" } });
  });

  it("is asked for with the caller's own bytes and key, and with none of our headers", async () => {
    const init = chatInit({}, { "x-farthing-feature": "library", "x-other": "kept" });
    await (await library.farthing.fetch(chatUrl, init)).text();
    const [call] = library.upstream.calls;
    expect(call?.body.toString()).toBe(init.body);
    expect(call?.url).toBe("/v1/chat/completions");
    const sent = (call?.headers ?? []).map((text) => text.toLowerCase());
    expect(sent).toEqual(expect.arrayContaining(["authorization", "bearer sk-own", "x-other", "kept"]));
    expect(sent).not.toContain("x-farthing-feature");
    expect(sent).not.toContain("farthing");
  });

  it("takes any host, a path alone, a URL, and a Request, its Host header no matter", async () => {
    const { farthing } = library;
    const inputs = [chatUrl, "/v1/chat/completions", new URL("http://[::1]:9/v1/chat/completions")];
    for (const input of inputs) expect((await farthing.fetch(input, chatInit())).status).toBe(200);
    expect((await farthing.fetch(new Request(chatUrl, chatInit()))).status).toBe(200);
    expect((await farthing.fetch(new Request(chatUrl), chatInit())).status).toBe(200);
    expect((await farthing.handle(new Request(chatUrl, chatInit({}, { host: "a b" })))).status).toBe(200);
    expect(library.upstream.calls).toHaveLength(6);
  });

  it("speaks the dialect of its path", async () => {
    const body = { model: "claude-sonnet-4-5", max_tokens: 5 };
    const init = chatInit(body, { authorization: "", "x-api-key": "sk-ant", "anthropic-version": "2023-06-01" });
    const response = await library.farthing.fetch("https://api.anthropic.com/v1/messages?beta=true", init);
    expect(await json(response)).toEqual(messagesReply);
    expect(library.upstream.calls[0]?.url).toBe("/v1/messages?beta=true");
  });

  it("is served from the cache the second time, whatever the first caller did with its bytes", async () => {
    const init = chatInit({ temperature: 0 }, { "x-farthing-task": "classification" });
    const first = await library.farthing.fetch(chatUrl, init);
    const bytes = new Uint8Array(await first.arrayBuffer());
    const text = Buffer.from(bytes).toString();
    bytes.fill(0);
    const second = await library.farthing.fetch(chatUrl, init);
    expect(second.headers.get("x-farthing-cache")).toBe("hit");
    expect(await second.text()).toBe(text);
    expect(library.upstream.calls).toHaveLength(1);
    const bypassed = await library.farthing.fetch(chatUrl, chatInit({ temperature: 0 }, { "x-farthing-bypass": "1" }));
    expect(bypassed.headers.get("x-farthing-cache")).toBe("bypass");
  });
});

describe("a refusal", () => {
  it("comes in the caller's dialect", async () => {
    const openai = await library.farthing.fetch(chatUrl, chatInit({}, { authorization: "" }));
    expect(openai.status).toBe(401);
    expect(openai.headers.get("www-authenticate")).toBe("Bearer");
    expect(await errorOf(openai)).toMatchObject({ code: "missing_key", param: null });
    const init = { method: "POST", body: "{", headers: { "x-api-key": "sk", "content-type": "application/json" } };
    const anthropic = await library.farthing.fetch("https://api.anthropic.com/v1/messages", init);
    expect(await json(anthropic)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    expect(library.upstream.calls).toHaveLength(0);
  });

  it("names the right method, and knows no other path than the gateway's", async () => {
    const wrong = await library.farthing.fetch(chatUrl, { headers: { authorization: "Bearer sk" } });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    const unknown = await library.farthing.fetch("https://example.com/v1/nothing");
    expect(unknown.status).toBe(404);
    expect(await errorOf(unknown)).toMatchObject({ code: "unknown_path" });
  });

  it("ends a body that is too large, and its source", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10_000)),
      cancel: () => void (cancelled = true),
    });
    const init = { ...chatInit(), body, duplex: "half" as const };
    const response = await library.farthing.fetch(chatUrl, init);
    expect(response.status).toBe(413);
    await until(() => cancelled);
    const announced = await library.farthing.fetch(chatUrl, chatInit({}, { "content-length": "99999999" }));
    expect(announced.status).toBe(413);
  });

  it("of a provider passes as it is", async () => {
    const body = '{"error":{"message":"no such model","code":"model_not_found"}}';
    library.upstream.answer = (_, response) =>
      void response.writeHead(404, { "content-type": "application/json", "x-more": "1" }).end(body);
    const response = await library.farthing.fetch(chatUrl, chatInit());
    expect([response.status, response.headers.get("x-more"), await response.text()]).toEqual([404, "1", body]);
  });
});

describe("a request's body", () => {
  it("may be a stream", async () => {
    const { body: text, ...init } = chatInit();
    const pieces = (text as string).match(/[^]{1,7}/g) ?? [];
    const body = ReadableStream.from(pieces.map((piece) => Buffer.from(piece)));
    const response = await library.farthing.fetch(chatUrl, { ...init, body, duplex: "half" });
    expect(response.status).toBe(200);
    expect(library.upstream.calls[0]?.body.toString()).toBe(text);
  });

  it("that fails, or is none, fails the call as it fails fetch", async () => {
    const { body: _, ...init } = chatInit();
    const failing = new ReadableStream({ pull: () => Promise.reject(new Error("the disk is gone")) });
    const call = library.farthing.fetch(chatUrl, { ...init, body: failing, duplex: "half" });
    await expect(call).rejects.toThrow("the disk is gone");
    const words = ReadableStream.from(["not", "bytes"]) as ReadableStream;
    await expect(library.farthing.fetch(chatUrl, { ...init, body: words, duplex: "half" })).rejects.toThrow(TypeError);
    const used = new Request(chatUrl, chatInit());
    await used.text();
    await expect(library.farthing.handle(used)).rejects.toThrow("used already");
    expect(library.upstream.calls).toHaveLength(0);
  });
});

describe("what is no model call", () => {
  it("is answered as well", async () => {
    const { farthing } = library;
    expect(await (await farthing.fetch("/healthz")).text()).toBe('{"status":"ok"}');
    const head = await farthing.fetch("/healthz", { method: "HEAD" });
    expect([head.status, head.body]).toEqual([200, null]);
    const headers = { authorization: "Bearer sk-own" };
    expect(await json(await farthing.fetch("/v1/models", { headers }))).toHaveProperty("data");
    const answer = await farthing.fetch(chatUrl, chatInit());
    const id = answer.headers.get("x-farthing-request-id");
    const record = await farthing.fetch(`/v1/farthing/requests/${id}`, { headers });
    expect(await json(record)).toMatchObject({ requestId: id, outcome: "ok" });
    const foreign = await farthing.fetch(`/v1/farthing/requests/${id}`, { headers: { authorization: "Bearer sk-x" } });
    expect(foreign.status).toBe(404);
  });
});

describe("keys", () => {
  it("a local key, shown at the first start, opens the provider key that the server holds", async () => {
    const held = await startTestLibrary({ serverKey: "sk-server" });
    const key = /fk_\S+/.exec(held.farthing.firstStartNotices.join("\n"))?.[0] ?? "";
    const response = await held.farthing.fetch(chatUrl, chatInit({}, { authorization: `Bearer ${key}` }));
    expect(response.status).toBe(200);
    expect(held.upstream.calls[0]?.headers).toContain("Bearer sk-server");
    const wrong = await held.farthing.fetch(chatUrl, chatInit({}, { authorization: "Bearer fk_abcd_no" }));
    expect([wrong.status, (await errorOf(wrong))["code"]]).toEqual([401, "invalid_key"]);
    await held.stop();
  });
});
