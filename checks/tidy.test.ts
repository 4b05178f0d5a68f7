import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  checkCycles,
  checkDeadFiles,
  checkNames,
  checkPackages,
  checkPurity,
  checkRooms,
  checkSizes,
  checkStages,
  checkTested,
  type House,
  type Violation,
} from "./house-rules.ts";
import { lintOverrides } from "./lint-overrides.ts";
import { readSourceTree, root, type SourceTree } from "./source-tree.ts";

const house = JSON.parse(readFileSync(join(root, "checks/rooms.json"), "utf8")) as House;
const tree = readSourceTree(["src", "demo", "bench"]);
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Rule {
  readonly name: string;
  readonly check: (tree: SourceTree) => Violation[];
  /** A small tree that breaks the rule, and the words that the violation must hold. */
  readonly planted: Readonly<Record<string, string>>;
  readonly says: string;
}

const filler = "const line = 1;\n";

const rules: readonly Rule[] = [
  {
    name: "rooms",
    check: (files) => checkRooms(files, house),
    planted: { "src/money/cost.ts": 'import { pool } from "../providers/pool.ts";\n' },
    says: "money may not import providers",
  },
  {
    name: "rooms: type imports count",
    check: (files) => checkRooms(files, house),
    planted: { "src/spec/word.ts": 'import type { Helper } from "../kit/bytes.ts";\n' },
    says: "spec may not import kit",
  },
  {
    name: "rooms: nothing imports testing",
    check: (files) => checkRooms(files, house),
    planted: { "src/gateway/server.ts": 'const fake = await import("../testing/fake-clock.ts");\n' },
    says: "gateway may not import testing",
  },
  {
    name: "rooms: unknown room",
    check: (files) => checkRooms(files, house),
    planted: { "src/attic/box.ts": "export const box = 1;\n" },
    says: 'room "attic" is not in',
  },
  {
    name: "stages",
    check: checkStages,
    planted: { "src/pipeline/stages/settle.ts": 'import { retry } from "./retry.ts";\n' },
    says: "a stage imports no stage",
  },
  {
    name: "banned globals",
    check: (files) => checkPurity(files, house),
    planted: { "src/policies/rule.ts": "export const now = (): number => Date.now();\n" },
    says: "Date comes in through a port",
  },
  {
    name: "banned members",
    check: (files) => checkPurity(files, house),
    planted: { "src/pipeline/stages/retry.ts": "export const jitter = (): number => Math.random();\n" },
    says: "Math.random comes in through a port",
  },
  {
    name: "packages",
    check: (files) => checkPackages(files, house),
    planted: { "src/kit/hash.ts": 'import { hash } from "node:crypto";\n' },
    says: "kit may not import the package node:crypto",
  },
  {
    name: "cycles",
    check: checkCycles,
    planted: {
      "src/kit/a.ts": 'import { b } from "./b.ts";\n',
      "src/kit/b.ts": 'import type { a } from "./a.ts";\n',
    },
    says: "import cycle: src/kit/a.ts -> src/kit/b.ts -> src/kit/a.ts",
  },
  {
    name: "file size",
    check: (files) => checkSizes(files, house),
    planted: { "src/kit/long.ts": filler.repeat(301) },
    says: "split it by responsibility",
  },
  {
    name: "file size, even with a reason",
    check: (files) => checkSizes(files, house),
    planted: { "src/kit/long.ts": `// long because it can\n${filler.repeat(400)}` },
    says: "400 is the end",
  },
  {
    name: "names",
    check: (files) => checkNames(files, house),
    planted: { "src/kit/string-utils.ts": filler },
    says: '"utils" says nothing',
  },
  {
    name: "dead files",
    check: (files) => checkDeadFiles(files, house),
    planted: { "src/index.ts": "export {};\n", "src/kit/forgotten.ts": filler },
    says: "src/kit/forgotten.ts: no entry point reaches it",
  },
  {
    name: "tested files",
    check: checkTested,
    planted: { "src/kit/untested.ts": "export function add(): void {}\n", "src/kit/other.test.ts": "export {};\n" },
    says: "no test reaches it",
  },
];

describe("the house is tidy", () => {
  for (const rule of rules) {
    it(`${rule.name}: holds`, () => {
      expect(rule.check(tree)).toEqual([]);
    });
    it(`${rule.name}: a planted violation is caught`, () => {
      expect(rule.check(new Map(Object.entries(rule.planted))).join("\n")).toContain(rule.says);
    });
  }

  it("words in comments and strings are not taken for code", () => {
    const innocent = '// Date is banned\nexport const text = "process";\nconst pace = { fetch: 1 };\nvoid pace;\n';
    expect(checkPurity(new Map([["src/kit/text.ts", innocent]]), house)).toEqual([]);
  });
});

describe("the table of rooms is told the same everywhere", () => {
  it("lint overrides are generated from it", () => {
    const lint = JSON.parse(read(".oxlintrc.json")) as { overrides: unknown };
    expect(lint.overrides, "run: npm run lint:generate").toEqual(JSON.parse(JSON.stringify(lintOverrides(house))));
  });

  it("ARCHITECTURE.md draws it", () => {
    expect(drawnRooms(read("ARCHITECTURE.md"))).toEqual(
      Object.fromEntries(Object.entries(house.rooms).map(([name, room]) => [name, room.imports.toSorted()])),
    );
  });

  it("a picture that differs is noticed", () => {
    const picture = "```rooms\nspec      <-\nkit       <- spec money\n```\n";
    expect(drawnRooms(picture)).toEqual({ spec: [], kit: ["money", "spec"] });
    expect(drawnRooms(picture)).not.toEqual({ spec: [], kit: ["spec"] });
  });

  it("every room exists", () => {
    const empty = Object.keys(house.rooms).filter(
      (name) => ![...tree.keys()].some((path) => path.startsWith(`src/${name}`)),
    );
    expect(empty).toEqual([]);
  });
});

/** Rooms and arrows of the picture in ARCHITECTURE.md: lines `room <- rooms it imports` in the block fenced as `rooms`. */
function drawnRooms(text: string): Record<string, string[]> {
  const block = /```rooms\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  const lines = block.split("\n").map((line) => /^([a-z]+)\s+<-\s*([a-z ]*)/.exec(line));
  return Object.fromEntries(
    lines.flatMap((line) =>
      line === null ? [] : [[line[1] ?? "", (line[2] ?? "").split(/\s+/).filter(Boolean).toSorted()]],
    ),
  );
}
