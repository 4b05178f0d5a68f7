import { describe, expect, it } from "vitest";
import { cleanCell, renderTable, shownWidth } from "./table.ts";
import { createTerminal } from "./terminal.ts";

const escape = String.fromCodePoint(27);

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe("renderTable", () => {
  it("aligns columns by what is seen, colours aside", () => {
    const columns = [
      { heading: "name", align: "left" },
      { heading: "cost", align: "right" },
      { heading: "note", align: "left" },
    ] as const;
    const rows = [
      [`${escape}[31mé${escape}[0m`, "$1.00", ""],
      ["longer", "$12,345.00", "x"],
    ];
    expect(renderTable(columns, rows)).toEqual([
      "name          cost  note",
      `${escape}[31mé${escape}[0m            $1.00`,
      "longer  $12,345.00  x",
    ]);
    expect(shownWidth(`${escape}[1mab${escape}[0m`)).toBe(2);
  });
});

describe("cleanCell", () => {
  it("takes the teeth out of text from outside", () => {
    expect(cleanCell(`a${escape}[2Jb\n`)).toBe("a?[2Jb?");
    expect(cleanCell("x".repeat(100), 10)).toBe("xxxxxxxxx…");
  });
});

describe("createTerminal", () => {
  it("keeps data and talk apart and paints each where a person looks", () => {
    const out = stream(false);
    const talk = stream(true);
    const terminal = createTerminal(out, talk, {});
    terminal.out("data");
    terminal.talk("talk");
    expect([out.written, talk.written]).toEqual([["data\n"], ["talk\n"]]);
    expect(terminal.paint("out", "red", "x")).toBe("x");
    expect(terminal.paint("talk", "red", "x")).toBe(`${escape}[31mx${escape}[0m`);
    expect(createTerminal(out, talk, { NO_COLOR: "1" }).paint("talk", "red", "x")).toBe("x");
    expect(createTerminal(out, talk, { TERM: "dumb", FORCE_COLOR: "1" }).paint("talk", "red", "x")).toBe("x");
  });
});
