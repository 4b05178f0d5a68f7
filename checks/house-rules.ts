import { codeOnly, importsOf, isTest, type SourceTree } from "./source-tree.ts";

/** One room: its kind, the rooms it may import, and the packages (`node:*` for all of Node's own). */
export interface Room {
  readonly kind: string;
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

/** The table of rooms, as in checks/rooms.json. */
export interface House {
  readonly rooms: Readonly<Record<string, Room>>;
  readonly entries: readonly string[];
  readonly bannedGlobals: readonly string[];
  readonly bannedMembers: readonly { readonly object: string; readonly property: string }[];
  readonly bannedWords: readonly string[];
  readonly fileLinesMax: number;
  readonly fileLinesHardMax: number;
  readonly functionLinesMax: number;
}

/** One breach of a rule: where, and what to do. */
export type Violation = string;

/** The room a file of src stands in: its folder, or `index` for the public entry. Null outside src. */
export function roomOf(path: string): string | null {
  if (path === "src/index.ts") return "index";
  return /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** Rooms import only the rooms that the table allows; nothing in src but tests imports src/testing. */
export function checkRooms(tree: SourceTree, house: House): Violation[] {
  const violations: Violation[] = [];
  for (const [path, source] of tree) {
    const room = roomOf(path);
    if (room === null || isTest(path)) continue;
    const rules = house.rooms[room];
    if (rules === undefined) {
      violations.push(
        `${path}: room "${room}" is not in checks/rooms.json; add it to the table and to ARCHITECTURE.md`,
      );
      continue;
    }
    for (const edge of importsOf(path, source)) {
      const target = edge.file === null ? null : roomOf(edge.file);
      if (target !== null && target !== room && !rules.imports.includes(target)) {
        violations.push(`${path}: ${room} may not import ${target} (${edge.specifier})`);
      }
    }
  }
  return violations;
}

/** Rooms import only the packages that the table allows; pure rooms none of Node's own. */
export function checkPackages(tree: SourceTree, house: House): Violation[] {
  const violations: Violation[] = [];
  for (const [path, source] of tree) {
    const room = roomOf(path);
    if (room === null || isTest(path)) continue;
    const allowed = house.rooms[room]?.packages ?? [];
    for (const { specifier, file } of importsOf(path, source)) {
      const name = specifier.startsWith("node:") ? "node:*" : specifier;
      if (file === null && !allowed.includes(name))
        violations.push(`${path}: ${room} may not import the package ${specifier}`);
    }
  }
  return violations;
}

/** A stage imports no stage: what two stages share belongs in policies, kit or pipeline. */
export function checkStages(tree: SourceTree): Violation[] {
  const folder = "src/pipeline/stages/";
  const isStage = (path: string | null): boolean =>
    path?.startsWith(folder) === true && !path.slice(folder.length).includes("/");
  const violations: Violation[] = [];
  for (const [path, source] of tree) {
    if (!isStage(path) || isTest(path)) continue;
    for (const edge of importsOf(path, source)) {
      if (isStage(edge.file)) violations.push(`${path}: a stage imports no stage (${edge.specifier})`);
    }
  }
  return violations;
}

/** Rooms without IO, clock or chance: their results depend on their arguments only. */
export function checkPurity(tree: SourceTree, house: House): Violation[] {
  const violations: Violation[] = [];
  const globals = new RegExp(`(?<![.\\w$"'#])(${house.bannedGlobals.join("|")})\\b(?!\\s*[:?]|["'])`);
  for (const [path, source] of tree) {
    const kind = house.rooms[roomOf(path) ?? ""]?.kind;
    if ((kind !== "pure" && kind !== "words") || isTest(path)) continue;
    for (const [index, line] of codeOnly(source).split("\n").entries()) {
      const found = globals.exec(line);
      if (found !== null) violations.push(`${path}:${index + 1}: ${found[1]} comes in through a port`);
      for (const member of house.bannedMembers) {
        if (line.includes(`${member.object}.${member.property}`)) {
          violations.push(`${path}:${index + 1}: ${member.object}.${member.property} comes in through a port`);
        }
      }
    }
  }
  return violations;
}

/** No import cycle anywhere, type imports included. */
export function checkCycles(tree: SourceTree): Violation[] {
  const state = new Map<string, "open" | "done">();
  const violations: Violation[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const source = tree.get(path);
    if (source === undefined || state.get(path) === "done") return;
    if (state.get(path) === "open") {
      violations.push(`import cycle: ${[...trail.slice(trail.indexOf(path)), path].join(" -> ")}`);
      return;
    }
    state.set(path, "open");
    for (const edge of importsOf(path, source)) if (edge.file !== null) visit(edge.file, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of tree.keys()) visit(path, []);
  return violations;
}

/** Files stay small: over the limit needs a header comment with the words "long because", over the hard limit is refused. */
export function checkSizes(tree: SourceTree, house: House): Violation[] {
  const violations: Violation[] = [];
  for (const [path, source] of tree) {
    if (isTest(path) || path.includes("/data/") || path.startsWith("src/testing/")) continue;
    const lines = source.split("\n").length - 1;
    if (lines > house.fileLinesHardMax)
      violations.push(`${path}: ${lines} lines; ${house.fileLinesHardMax} is the end`);
    else if (lines > house.fileLinesMax && !/long because/i.test(source.slice(0, 1500))) {
      violations.push(`${path}: ${lines} lines; split it by responsibility or say in the header "long because ..."`);
    }
  }
  return violations;
}

/** No catch-all names: a file is called for what it does. */
export function checkNames(tree: SourceTree, house: House): Violation[] {
  const violations: Violation[] = [];
  for (const path of tree.keys()) {
    const words = path.replace(/\.ts$/, "").split(/[/\-.]/);
    const banned = words.find((word) => house.bannedWords.includes(word));
    if (banned !== undefined) violations.push(`${path}: "${banned}" says nothing; name the file for what it does`);
    if (path !== path.toLowerCase() || path.includes("_")) violations.push(`${path}: file names are kebab-case`);
  }
  return violations;
}

/** Paths that can be reached from the given ones by imports. */
function reachable(tree: SourceTree, from: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [...from];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    const source = tree.get(path);
    if (source === undefined || seen.has(path)) continue;
    seen.add(path);
    for (const edge of importsOf(path, source)) if (edge.file !== null) queue.push(edge.file);
  }
  return seen;
}

/** Every file is reached from an entry point; a file that only tests reach is dead code with tests. */
export function checkDeadFiles(tree: SourceTree, house: House): Violation[] {
  const alive = reachable(tree, house.entries);
  return [...tree.keys()]
    .filter((path) => !isTest(path) && !path.startsWith("checks/") && !alive.has(path))
    .map((path) => `${path}: no entry point reaches it; delete it, or use it`);
}

/** Every file with behaviour is reached from some test. */
export function checkTested(tree: SourceTree): Violation[] {
  const tested = reachable(
    tree,
    [...tree.keys()].filter((path) => path.endsWith(".test.ts")),
  );
  return [...tree.keys()]
    .filter((path) => path.startsWith("src/") && !path.startsWith("src/spec/") && !isTest(path) && !tested.has(path))
    .filter((path) => !isTypesOnly(tree.get(path) ?? "") && !path.endsWith("/main.ts") && !path.endsWith("-worker.ts"))
    .map((path) => `${path}: no test reaches it`);
}

function isTypesOnly(source: string): boolean {
  return !/^(export )?(async )?(function|class|const|let)\b/m.test(codeOnly(source));
}
