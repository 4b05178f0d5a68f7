import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stageCache } from "../testing/stage-context.ts";
import { chatRequest, send, startTestGateway, type TestGateway, usualAnswer } from "./test-gateway.ts";

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway({
    route: { exactCache: stageCache({ enabled: true }) },
    endpoint: { dialects: ["openai-chat", "openai-embeddings"] },
    config: { defaultEndpoints: { "openai-chat": "openai", "openai-embeddings": "openai" } },
  });
});
afterAll(() => test.stop());

let questions = 0;

/** A question that nobody asked before. */
function question(): object {
  questions += 1;
  return { messages: [{ role: "user", content: `question ${questions}` }] };
}

/** What the cache did for a call. */
async function cacheOf(body: object, headers: readonly string[] = []): Promise<unknown> {
  const answer = await send(test.port, { headers, body: JSON.stringify(chatRequest(body)) });
  return answer.headers["x-farthing-cache"];
}

describe("callers' wishes of the caches", () => {
  it.each([
    ["cache-control", "no-cache", "miss"],
    ["cache-control", "no-store", "not-cacheable"],
    ["CF-AIG-Skip-Cache", "true", "miss"],
    ["cf-aig-cache-key", "mine", "miss"],
    ["Helicone-Cache-Enabled", "false", "not-cacheable"],
    ["Helicone-Cache-Seed", "s", "miss"],
    ["x-portkey-cache-force-refresh", "true", "miss"],
    ["x-portkey-cache-namespace", "n", "miss"],
    ["x-portkey-cache", "simple", "hit"],
    ["cf-aig-cache-ttl", "60", "hit"],
  ])("%s: %s", async (name, value, expected) => {
    const asked = question();
    expect([await cacheOf(asked), await cacheOf(asked, [name, value])]).toEqual(["miss", expected]);
  });

  it("of the body, as LiteLLM has them, change no key", async () => {
    const asked = question();
    expect(await cacheOf(asked)).toBe("miss");
    expect(await cacheOf({ ...asked, cache: { ttl: 60 } })).toBe("hit");
    expect(await cacheOf({ ...asked, cache: { "no-store": true } })).toBe("not-cacheable");
    expect(await cacheOf({ ...asked, cache: { namespace: "n" } })).toBe("miss");
    const sent = JSON.stringify(chatRequest(asked));
    expect(test.upstream.calls.slice(-3).map(({ body }) => body.toString())).toEqual([sent, sent, sent]);
    const vendors = { ...asked, cache: { type: "exact_match" } };
    await cacheOf(vendors);
    expect(test.upstream.calls.at(-1)?.body.toString()).toBe(JSON.stringify(chatRequest(vendors)));
  });

  it("do not go upstream, but for the standard's own", async () => {
    const theirs = ["cache-control", "no-cache", "cf-aig-cache-ttl", "5", "cf-aig-metadata", "{}"];
    const ours = ["helicone-cache-enabled", "true", "x-portkey-cache", "simple", "x-farthing-documents", "d1"];
    await cacheOf(question(), [...theirs, ...ours]);
    const seen = test.upstream.calls.at(-1)?.headers ?? [];
    const names = seen.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    expect(names).toContain("cache-control");
    expect(names.filter((name) => /^(cf-aig|helicone|x-portkey|x-farthing)-/.test(name))).toEqual([]);
  });
});

it("a malformed x-farthing-documents is refused in the caller's dialect", async () => {
  const before = test.upstream.calls.length;
  const answer = await send(test.port, { headers: ["x-farthing-documents", "a,,b"] });
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({ error: { code: "invalid_header", type: "invalid_request_error" } });
  expect(test.upstream.calls).toHaveLength(before);
});

it("embeddings are bought input by input", async () => {
  const asked: unknown[] = [];
  test.upstream.answer = (call, response) => {
    const { input } = JSON.parse(call.body.toString()) as { readonly input: readonly string[] };
    asked.push(input);
    const data = input.map((text, index) => ({ object: "embedding", index, embedding: [text.length, 0.5] }));
    const usage = { prompt_tokens: input.length, total_tokens: input.length };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ object: "list", data, model: "text-embedding-3-small", usage }));
  };
  const ask = async (input: readonly string[]): Promise<readonly unknown[]> => {
    const body = JSON.stringify({ model: "text-embedding-3-small", input });
    const answer = await send(test.port, { path: "/v1/embeddings", body });
    const { data } = answer.json() as { readonly data: readonly { readonly embedding: readonly number[] }[] };
    return [answer.headers["x-farthing-cache"], ...data.map(({ embedding }) => embedding[0])];
  };
  expect(await ask(["a", "bb"])).toEqual(["miss", 1, 2]);
  expect(await ask(["ccc", "a"])).toEqual(["miss", 3, 1]);
  expect(await ask(["bb", "ccc"])).toEqual(["hit", 2, 3]);
  expect(asked).toEqual([["a", "bb"], ["ccc"]]);
  test.upstream.answer = usualAnswer;
});
