import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import { openaiEmbeddings as dialect } from "./dialect.ts";
import { readAnswer, writeAnswer } from "./answers.ts";
import { keepInputs, readInputs } from "./inputs.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function requestOf(input: JsonValue): ModelRequest {
  return dialect.readRequest({ model: "m", input }, 9);
}

describe("inputs", () => {
  it("are one text, one list of tokens, or a list of either, and the same in every form", () => {
    const one = { text: '"für"', weight: 4, inTokens: false };
    expect(readInputs(requestOf("für"))).toEqual([one]);
    expect(readInputs(requestOf(["für", "für"]))).toEqual([one, one]);
    const tokens = { text: "[1,2]", weight: 2, inTokens: true };
    expect(readInputs(requestOf([1, 2]))).toEqual([tokens]);
    expect(readInputs(requestOf([[1, 2]]))).toEqual([tokens]);
    expect(readInputs(requestOf(["[1,2]"]))?.[0]?.text).not.toBe(tokens.text);
  });

  it.each<[string, JsonValue]>([
    ["an empty text", [""]],
    ["an empty list", []],
    ["an empty list of tokens", [[]]],
    ["tokens that are none", [[1.5]]],
    ["tokens too large to be told apart", [[2 ** 60]]],
    ["a mix within one", [1, "a"]],
    ["an object", [{ text: "a" }]],
    ["more than OpenAI takes", Array.from({ length: 2_049 }, () => "a")],
  ])("are not told apart: %s", (_name, input) => {
    expect(readInputs(requestOf(input))).toBeNull();
  });

  it("are kept byte for byte when some of them are asked", () => {
    const raw = encode(`{"input" : [ "caf\\u00e9" , [1, 2],"x]," ],"model":"m","seed":12345678901234567890}`);
    const request = dialect.readRequest(JSON.parse(decode(raw)), raw.length);
    expect(decode(dialect.encodeRequest(request, { inputs: [0, 2] }, raw))).toBe(
      `{"input" : ["caf\\u00e9","x],"],"model":"m","seed":12345678901234567890}`,
    );
    expect(decode(dialect.encodeRequest(request, { inputs: [1], model: "n" }, raw))).toBe(
      `{"input" : [[1, 2]],"model":"n","seed":12345678901234567890}`,
    );
    const single = dialect.readRequest({ model: "m", input: "one" }, 9);
    expect(keepInputs(single, [0])).toBe(single);
    const rawSingle = encode(`{"model":"m","input":"one"}`);
    expect(dialect.encodeRequest(single, { inputs: [0] }, rawSingle)).toBe(rawSingle);
  });

  it("say the same spliced and printed", () => {
    const input = fc.oneof(fc.string({ minLength: 1 }), fc.array(fc.nat(), { minLength: 1 }));
    fc.assert(
      fc.property(
        fc.array(input, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(5), { minLength: 1 }),
        (inputs, some) => {
          const kept = some.map((index) => index % inputs.length);
          const document = { model: "m", input: [...inputs], user: "u" };
          if (inputs.every((one) => typeof one === "number")) return;
          const raw = encode(JSON.stringify(document));
          const request = dialect.readRequest(document, raw.length);
          const expected = { ...document, input: kept.map((index) => inputs[index]) };
          expect(JSON.parse(decode(dialect.encodeRequest(request, { inputs: kept }, raw)))).toEqual(expected);
          expect(JSON.parse(decode(dialect.encodeRequest(request, { inputs: kept })))).toEqual(expected);
          expect(keepInputs(request, kept).rest["input"]).toEqual(expected.input);
        },
      ),
    );
  });
});

const vector = (index: number, embedding: JsonValue): object => ({ object: "embedding", index, embedding });
const reply = (data: readonly JsonValue[] | readonly object[], more: object = {}): Uint8Array =>
  encode(
    JSON.stringify({ object: "list", data, model: "served", usage: { prompt_tokens: 3, total_tokens: 3 }, ...more }),
  );

describe("answers", () => {
  it("are taken apart by their index, in both formats, digits as they came", () => {
    const bytes = encode(
      `{"data":[{"index":1,"embedding":"AAAA=="} , {"embedding":[ 1e-05,0.10, -2 ],"index":0}],"model":"served"}`,
    );
    const answer = readAnswer(bytes, 2);
    expect(answer?.elements.map(decode)).toEqual(["[ 1e-05,0.10, -2 ]", `"AAAA=="`]);
    expect(answer?.servedModel).toBe("served");
  });

  it.each<[string, Uint8Array]>([
    ["too few", reply([vector(0, [1])])],
    ["too many", reply([vector(0, [1]), vector(1, [1]), vector(2, [1])])],
    ["an index twice", reply([vector(0, [1]), vector(0, [1])])],
    ["an index beyond", reply([vector(0, [1]), vector(2, [1])])],
    ["an index that is none", reply([vector(0, [1]), { ...vector(1, [1]), index: "1" }])],
    ["no vector", reply([vector(0, [1]), vector(1, null)])],
    ["an empty vector", reply([vector(0, [1]), vector(1, [])])],
    ["a member that would be lost", reply([vector(0, [1]), { ...vector(1, [1]), truncated: true }])],
    ["a member of the reply that would be lost", reply([vector(0, [1]), vector(1, [1])], { warnings: [] })],
    ["no list", encode(`{"data":{}}`)],
    ["no JSON", encode("oops")],
    ["cut off", reply([vector(0, [1]), vector(1, [1])]).slice(0, -4)],
    ["nothing", new Uint8Array(0)],
  ])("are refused: %s", (_name, bytes) => {
    expect(readAnswer(bytes, 2)).toBeNull();
  });

  it("that were written are read again, whatever they hold", () => {
    const element = fc.oneof(
      fc
        .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 })
        .map((list) => JSON.stringify(list)),
      fc.base64String({ minLength: 4 }).map((text) => JSON.stringify(text)),
    );
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), fc.string({ minLength: 1 }), (elements, model) => {
        const usage = { source: "provider", tokens: { input: 7 } } as const;
        const bytes = writeAnswer(elements.map(encode), model, usage);
        const answer = readAnswer(bytes, elements.length);
        expect(answer?.elements.map(decode)).toEqual(elements);
        expect(answer?.servedModel).toBe(model);
        expect(JSON.parse(decode(bytes))).toMatchObject({
          object: "list",
          usage: { prompt_tokens: 7, total_tokens: 7 },
        });
        expect(dialect.readReply(bytes).usage).toEqual(usage);
      }),
    );
  });

  it("tell no usage where nobody counted", () => {
    const bytes = writeAnswer([encode("[1]")], "m", { source: "unknown", tokens: {} });
    expect(JSON.parse(decode(bytes))).not.toHaveProperty("usage");
  });
});
