import { describe, expect, it } from "vitest";
import { readOutcomeFile } from "./outcomes-file.ts";
import { outcomesMax, parseOutcomes } from "./outcomes-parse.ts";

const nowMs = 1_795_000_000_000;
const parse = (document: unknown) => parseOutcomes(document, nowMs);
const plain = { id: "t-1", kind: "ticket", session: "s-1" };

describe("a post of outcomes", () => {
  it("is one or a list", () => {
    const outcome = { ...plain, valuePicoUsd: null, weight: 1, requestId: null, atMs: null };
    expect(parse(plain)).toEqual([outcome]);
    expect(parse([plain, plain])).toEqual([outcome, outcome]);
  });

  it("takes every field", () => {
    const at = "2026-11-01T08:00:00.5+01:00";
    const full = { id: "ü 1", kind: "sale.big", value: "-12.5", weight: 0.000001, request: "fr_abc", at };
    expect(parse(full)).toEqual([
      {
        id: "ü 1",
        kind: "sale.big",
        valuePicoUsd: -12_500_000_000_000n,
        weight: 0.000001,
        session: null,
        requestId: "fr_abc",
        atMs: Date.parse(at),
      },
    ]);
    expect(parse({ ...plain, weight: 0.1, value: null, at: nowMs })).toMatchObject([{ weight: 0.1, atMs: nowMs }]);
  });

  it.each<[string, unknown, string]>([
    ["no object", "x", "body is not an object"],
    ["an empty list", [], "is an empty list"],
    ["too long a list", Array.from({ length: outcomesMax + 1 }, () => plain), "holds 1001 outcomes"],
    ["an unknown field", { ...plain, sesion: "s" }, "unknown field"],
    ["no id", { kind: "a", session: "s" }, "id is not such a name"],
    ["a number as id", { ...plain, id: 1 }, "id is not such a name"],
    ["too long an id", { ...plain, id: "x".repeat(129) }, "id is not such a name"],
    ["a control character", { ...plain, session: "a\u0000" }, "session is not such a name"],
    ["no kind", { id: "a", session: "s" }, "kind is not a kind"],
    ["neither session nor request", { id: "a", kind: "k" }, "exactly one of session and request"],
    ["both", { ...plain, request: "fr_1" }, "exactly one of session and request"],
    ["a provider's id", { id: "a", kind: "k", request: "chatcmpl-1" }, "not a request id of Farthing"],
    ["a value that is a number", { ...plain, value: 12.5 }, "value is not an amount"],
    ["a value with an exponent", { ...plain, value: "1e3" }, "value is not an amount"],
    ["a value below a pico-dollar", { ...plain, value: "0.0000000000001" }, "value is not an amount"],
    ["a value beyond 64 bits", { ...plain, value: "9000000.01" }, "value is not an amount"],
    ["two signs", { ...plain, value: "--1" }, "value is not an amount"],
    ["no weight at all", { ...plain, weight: 0 }, "weight is not a weight"],
    ["a weight of seven digits", { ...plain, weight: 0.0000001 }, "weight is not a weight"],
    ["a weight in quotes", { ...plain, weight: "1" }, "weight is not a weight"],
    ["a moment without a zone", { ...plain, at: "2026-11-01T08:00:00" }, "at is not such a moment"],
    ["a moment before there were ids", { ...plain, at: 1 }, "at is not such a moment"],
    ["a moment to come", { ...plain, at: nowMs + 86_400_001 }, "at is not such a moment"],
    ["a wrong item", [plain, { ...plain, kind: "" }], "[1].kind is not a kind"],
  ])("refuses %s", (_name, document, message) => {
    expect(() => parse(document)).toThrow(message);
  });
});

describe("a file of outcomes", () => {
  it("is CSV with named columns", () => {
    const text = '\uFEFFid,kind,Session,value,weight,at\r\n1,ticket,"a,""b""",12.50,2,\n\n2,ticket,s,,,1794000000000\n';
    expect(readOutcomeFile("o.CSV", text, nowMs)).toMatchObject([
      { id: "1", session: 'a,"b"', valuePicoUsd: 12_500_000_000_000n, weight: 2, atMs: null },
      { id: "2", session: "s", valuePicoUsd: null, weight: 1, atMs: 1_794_000_000_000 },
    ]);
    expect(readOutcomeFile("o.csv", "id,kind,session\n1,k,s", nowMs)).toHaveLength(1);
  });

  it("is one JSON object a line", () => {
    const text = `${JSON.stringify(plain)}\n\n${JSON.stringify({ ...plain, id: "t-2" })}`;
    expect(readOutcomeFile("o.ndjson", text, nowMs).map(({ id }) => id)).toEqual(["t-1", "t-2"]);
  });

  it.each([
    ["o.csv", "id,kind,sesion\n", 'o.csv:1 has the column "sesion"'],
    ["o.csv", "id,id,kind\n", 'o.csv:1 has the column "id"'],
    ["o.csv", "id,session\n", "o.csv:1 lacks id or kind"],
    ["o.csv", "", "o.csv:1 lacks id or kind"],
    ["o.csv", "id,kind,session\n1,k,s\n2,k\n", "o.csv:3 The line has 2 cells, the first 3"],
    ["o.csv", 'id,kind,session\n1,k,"s\nt"\n', "o.csv:2 session is not such a name"],
    ["o.csv", 'id,kind,value,session\n1,k,"\n1",s\n', "o.csv:2 value is not an amount"],
    ["o.csv", "id,kind,session\n\n2,,s\n", "o.csv:3 kind is not a kind"],
    ["o.csv", 'id,kind,session\n1,k,a"b\n', "o.csv:2 has a quote"],
    ["o.csv", "id,kind,session\n1,k,s,\n", "o.csv:2 The line has 4 cells"],
    ["o.ndjson", "{}\n", "o.ndjson:1"],
    ["o.ndjson", `${JSON.stringify(plain)}\n[1]\n`, "o.ndjson:2 body is not an object"],
    ["o.ndjson", "nonsense", "o.ndjson:1 The line is not JSON"],
  ])("%s: %j is refused by file and line", (name, text, message) => {
    expect(() => readOutcomeFile(name, text, nowMs)).toThrow(message);
  });
});
