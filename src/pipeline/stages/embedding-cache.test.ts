import { describe, expect, it } from "vitest";
import { noCacheWishes } from "../../spec/cache-control.ts";
import type { JsonValue } from "../../spec/json.ts";
import type { WholeReply } from "../../spec/reply.ts";
import { stageCache, stageCaller } from "../../testing/stage-context.ts";
import {
  createEmbeddingsBench,
  embeddingsReply,
  embeddingsRoute,
  type EmbeddingsBench,
  vectorOf,
  vectorsIn,
} from "./test-embeddings.ts";

const model = { model: "model-a" };
const expected = (inputs: readonly JsonValue[]): readonly JsonValue[] => inputs.map((input) => vectorOf(input, model));
const usageIn = (reply: WholeReply): unknown =>
  (JSON.parse(new TextDecoder().decode(reply.body)) as { readonly usage: unknown }).usage;

describe("a request for several embeddings", () => {
  it("buys what is missing in one call, and answers in the caller's order", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a", "ccc"]);
    const inputs = ["dd", "a", "eeeee", "ccc", "f"];
    const reply = await bench.ask(inputs);
    expect(vectorsIn(reply)).toEqual(expected(inputs));
    expect(bench.asked).toEqual([
      ["a", "ccc"],
      ["dd", "eeeee", "f"],
    ]);
    expect(bench.story()).toEqual(["miss", "hit-partial: 2 of 5"]);
    expect(reply.origin).toBe("provider");
    expect(usageIn(reply)).toEqual({ prompt_tokens: 8, total_tokens: 8 });
    expect(bench.row(1)).toMatchObject({ cache: "miss", usage: { tokens: { input: 8 } } });
  });

  it("is answered from the store when everything is there, in one form or another", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a", [1, 2], "ccc"]);
    const again = await bench.ask(["ccc", "a"]);
    expect(again).toMatchObject({ origin: "exact", headers: ["content-type", "application/json"] });
    expect(vectorsIn(again)).toEqual(expected(["ccc", "a"]));
    expect(vectorsIn(await bench.ask("a"))).toEqual(expected(["a"]));
    expect(vectorsIn(await bench.ask([1, 2]))).toEqual(expected([[1, 2]]));
    expect(bench.asked).toHaveLength(1);
    expect(bench.story()).toEqual(["miss", "hit: model-a", "hit: model-a", "hit: model-a"]);
    expect(bench.row(1)).toMatchObject({ cache: "hit", attempts: [], usage: { tokens: { input: 4 } } });
  });

  it("buys an input that stands twice once", async () => {
    const bench = createEmbeddingsBench();
    const inputs = ["a", "bb", "a", "a"];
    expect(vectorsIn(await bench.ask(inputs))).toEqual(expected(inputs));
    expect(bench.asked).toEqual([["a", "bb"]]);
    expect(bench.story()).toEqual(["hit-partial: 2 of 4"]);
  });

  it("passes the provider's own bytes when it buys everything", async () => {
    const bench = createEmbeddingsBench();
    const bytes = embeddingsReply(["a", "bb"], model);
    const context = bench.contextOf(["a", "bb"]);
    bench.answer = () => ({ pieces: [bytes] });
    expect(await bench.handler(context)).toMatchObject({ body: bytes });
    expect(bench.ports.transport.calls[0]?.call.body).toBe(context.rawBody);
  });

  it("keeps both formats, and keeps them apart", async () => {
    const bench = createEmbeddingsBench();
    const body = { encoding_format: "base64" };
    await bench.ask(["a"], { body });
    await bench.ask(["a"]);
    const inputs = ["bb", "a"];
    const vectors = vectorsIn(await bench.ask(inputs, { body }));
    expect(vectors).toEqual(inputs.map((input) => vectorOf(input, { ...model, ...body })));
    expect(bench.asked).toEqual([["a"], ["a"], ["bb"]]);
  });
});

describe("two requests never share an embedding when they differ in", () => {
  it.each<[string, Parameters<EmbeddingsBench["ask"]>[1]]>([
    ["the model", { body: { model: "model-b" } }],
    ["the dimensions", { body: { dimensions: 2 } }],
    ["the format", { body: { encoding_format: "float" } }],
    ["what a vendor invented", { body: { input_type: "query" } }],
    ["the tenant", { changes: { caller: stageCaller({ scope: "tenant-2" as never }) } }],
    ["the namespace", { changes: { cacheControl: { ...noCacheWishes, namespace: "n" } } }],
    ["a header that may mean something", { changes: { headers: ["openai-beta", "v2"] } }],
    ["the prompt's version", { changes: { caller: stageCaller({ claims: { tags: [], prompt: "p@2" } }) } }],
  ])("%s", async (_name, options) => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a"]);
    await bench.ask(["a"], options);
    expect(bench.story()).toEqual(["miss", "miss"]);
  });

  it("nothing but who the end user is, where users share", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a"], { body: { user: "u1" } });
    await bench.ask(["a"], { body: { user: "u2" } });
    expect(bench.story()).toEqual(["miss", "hit: model-a"]);
    const apart = embeddingsRoute({ exactCache: stageCache({ enabled: true, isolation: "user" }) });
    const strict = createEmbeddingsBench(apart);
    const as = (user: string): object => ({
      changes: { caller: stageCaller({ claims: { tags: [], user } }), route: apart },
    });
    await strict.ask(["a"], as("u1"));
    await strict.ask(["a"], as("u2"));
    await strict.ask(["a"]);
    expect(strict.story()).toEqual(["miss", "miss", "not-cacheable: no user named"]);
  });
});

describe("what is not looked up", () => {
  it.each<[string, JsonValue, Parameters<EmbeddingsBench["ask"]>[1]]>([
    ["asked not to", ["a"], { changes: { cacheControl: { ...noCacheWishes, lookUp: false, store: false } } }],
    ["inputs that cannot be told apart", [""], {}],
    ["inputs that cannot be told apart", [{ text: "a" }], {}],
    ["number too large to compare", ["a"], { body: { seed: 2 ** 60 } }],
    ["content without a life", ["a"], { changes: { caller: stageCaller({ claims: { tags: [], task: "creative" } }) } }],
  ])("%s: %j", async (why, input, options) => {
    const bench = createEmbeddingsBench();
    await bench.ask(input, options);
    await bench.ask(input, options);
    expect(bench.story()).toEqual([`not-cacheable: ${why}`, `not-cacheable: ${why}`]);
    expect(bench.ports.answers.entries.size).toBe(0);
  });

  it("anything by who wants fresh ones; they serve others", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a"]);
    const fresh = { changes: { cacheControl: { ...noCacheWishes, lookUp: false } } };
    await bench.ask(["a", "bb"], fresh);
    await bench.ask(["a", "bb"]);
    expect(bench.story()).toEqual(["miss", "miss: fresh answer asked for", "hit: model-a"]);
    expect(bench.asked).toEqual([["a"], ["a", "bb"]]);
  });

  it("chats", async () => {
    const bench = createEmbeddingsBench();
    const context = bench.contextOf(["a"]);
    const chat = { ...context, request: { ...context.request, dialect: "openai-chat" as const } };
    bench.answer = () => ({ pieces: [] });
    await bench.handler(chat);
    expect(bench.story()).toEqual(["none"]);
  });
});

describe("life", () => {
  it("ends absolutely, for each input by itself", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a"]);
    await bench.ports.clock.advanceAsync(40_000);
    await bench.ask(["a", "bb"]);
    await bench.ports.clock.advanceAsync(21_000);
    await bench.ask(["a", "bb"]);
    expect(bench.story()).toEqual(["miss", "hit-partial: 1 of 2", "hit-partial: 1 of 2"]);
    expect(bench.asked).toEqual([["a"], ["bb"], ["a"]]);
  });

  it("is shortened by its caller's wishes", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a"], { changes: { cacheControl: { ...noCacheWishes, ttlMsMax: 1_000 } } });
    await bench.ports.clock.advanceAsync(1_000);
    await bench.ask(["a"]);
    await bench.ports.clock.advanceAsync(5_000);
    await bench.ask(["a"], { changes: { cacheControl: { ...noCacheWishes, maxAgeMs: 4_999 } } });
    expect(bench.story()).toEqual(["miss", "miss", "miss"]);
  });

  it("ends with an invalidation, also of what was being bought", async () => {
    const bench = createEmbeddingsBench();
    const documents = { changes: { documents: ["d1"] } };
    await bench.ask(["a"], documents);
    bench.ports.answers.invalidate("tenant-1" as never, "document:d1");
    await bench.ask(["a"]);
    bench.answer = (inputs, body) => {
      bench.ports.answers.invalidate("tenant-1" as never, "document:d1");
      return { pieces: [embeddingsReply(inputs, body)] };
    };
    await bench.ask(["bb"], documents);
    await bench.ask(["bb"]);
    expect(bench.story()).toEqual(["miss", "miss", "miss", "miss"]);
  });

  it("ends when another snapshot answers: vectors of two are never put together", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a", "bb"]);
    bench.answer = (inputs, body) => ({ pieces: [embeddingsReply(inputs, body, "served-2")] });
    const mixed = await bench.ask(["a", "ccc"]);
    expect(bench.asked.slice(1)).toEqual([["ccc"], ["a", "ccc"]]);
    expect(JSON.parse(new TextDecoder().decode(mixed.body))).toMatchObject({ model: "served-2" });
    await bench.ask(["bb", "ccc"]);
    expect(bench.asked.at(-1)).toEqual(["bb"]);
    expect(bench.story()).toEqual(["miss", "miss", "hit-partial: 1 of 2"]);
  });
});

describe("a store that holds vectors of two snapshots", () => {
  it("gives the newer ones; the others are bought again", async () => {
    const elsewhere = createEmbeddingsBench();
    await elsewhere.ask(["a"]);
    await elsewhere.ports.clock.advanceAsync(10);
    elsewhere.answer = (inputs, body) => ({ pieces: [embeddingsReply(inputs, body, "served-2")] });
    await elsewhere.ask(["bb"]);
    const here = createEmbeddingsBench();
    here.answer = elsewhere.answer;
    for (const [name, entry] of elsewhere.ports.answers.entries) here.ports.answers.entries.set(name, entry);
    expect(vectorsIn(await here.ask(["a", "bb"]))).toEqual(expected(["a", "bb"]));
    expect(here.asked).toEqual([["a"]]);
  });
});

describe("a reply that cannot be taken apart", () => {
  const odd = new TextEncoder().encode(`{"data":[{"index":0,"embedding":[1]}],"usage":{"prompt_tokens":1}}`);

  it("passes as it is, and nothing is stored", async () => {
    const bench = createEmbeddingsBench();
    bench.answer = () => ({ pieces: [odd] });
    expect((await bench.ask(["a", "bb"])).body).toEqual(odd);
    expect(bench.ports.answers.entries.size).toBe(0);
  });

  it("is asked for again as its caller asked, when it was to be a part", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a"]);
    bench.answer = (inputs, body, index) => ({ pieces: [index === 1 ? odd : embeddingsReply(inputs, body)] });
    const inputs = ["a", "bb", "ccc"];
    expect(vectorsIn(await bench.ask(inputs))).toEqual(expected(inputs));
    expect(bench.asked.slice(1)).toEqual([["bb", "ccc"], inputs]);
    expect(bench.story()[1]).toBe("miss");
  });

  it("is a failure when it is one: all or nothing", async () => {
    const bench = createEmbeddingsBench();
    await bench.ask(["a"]);
    const refusal = new TextEncoder().encode(`{"error":{"message":"too long"}}`);
    bench.answer = () => ({ status: 400, headers: ["x-odd", "kept"], pieces: [refusal] });
    const reply = await bench.ask(["a", "bb"]);
    expect(reply).toMatchObject({ status: 400, headers: ["x-odd", "kept"], body: refusal });
    bench.answer = () => ({ failure: { kind: "connect", sent: false, message: "refused" } });
    await expect(bench.ask(["a", "bb"])).rejects.toMatchObject({ code: "upstream_unreachable" });
    expect(bench.story().slice(1)).toEqual(["hit-partial: 1 of 2", "hit-partial: 1 of 2"]);
  });
});

describe("bounds", () => {
  it("a vector that is too large is not stored, the others are", async () => {
    const small = embeddingsRoute({ exactCache: stageCache({ enabled: true, entryBytesMax: 900 }) });
    const bench = createEmbeddingsBench(small);
    await bench.ask(["a", "b".repeat(200)]);
    await bench.ask(["a", "b".repeat(200)]);
    expect(bench.story()).toEqual(["miss", "hit-partial: 1 of 2"]);
  });

  it("a store that fails costs hits and no request", async () => {
    const bench = createEmbeddingsBench();
    bench.ports.answers.getMany = () => {
      throw new Error("planted");
    };
    expect(vectorsIn(await bench.ask(["a"]))).toEqual(expected(["a"]));
    expect(bench.story()).toEqual(["stepped-aside: Error"]);
  });
});
