import { describe, expect, it } from "vitest";
import { readDocuments } from "./read-documents.ts";

describe("x-farthing-documents", () => {
  it("is a list of ids, each kept once", () => {
    expect(readDocuments(null)).toEqual([]);
    expect(readDocuments(["4711, a/b.pdf ,4711", "x"])).toEqual(["4711", "a/b.pdf", "x"]);
    expect(readDocuments([Buffer.from("für").toString("latin1")])).toEqual(["für"]);
    const ids = Array.from({ length: 32 }, (_, index) => `d${index}`);
    expect(readDocuments([ids.join(",")])).toEqual(ids);
  });

  it.each([
    ["an empty id", "a,,b"],
    ["nothing", ""],
    ["a long id", "d".repeat(129)],
    ["control characters", "a\tb"],
    ["too many", Array.from({ length: 33 }, (_, index) => `d${index}`).join(",")],
  ])("refuses %s", (_name, value) => {
    expect(() => readDocuments([value])).toThrow(/x-farthing-documents/);
  });
});
