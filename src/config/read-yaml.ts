import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLError,
} from "yaml";
import { type ConfigPath, type ConfigProblem, formatPath } from "./config-problem.ts";
import { interpolate } from "./interpolate.ts";

/** Where a value stands in its file. */
export interface SourcePlace {
  readonly keyOffset: number;
  readonly valueOffset: number;
  /** Text as it stands in the file, for a short scalar in which nothing was replaced; null otherwise. */
  readonly written: string | null;
  /** The value was taken from somewhere else: the environment, or a `file:`. */
  readonly isReference: boolean;
}

/** A YAML text as plain values, with the place of each and what is wrong with the text itself. */
export interface SourceDocument {
  readonly source: string;
  readonly value: unknown;
  /** By JSON of the path. */
  readonly places: ReadonlyMap<string, SourcePlace>;
  readonly lines: LineCounter;
  readonly problems: readonly ConfigProblem[];
}

/** Nodes a config may have, aliases followed; stops documents that unfold without end. */
const nodesMax = 100_000;
/** Nesting a config may have; an alias inside its own anchor would have no end. */
const depthMax = 32;

interface Reading {
  readonly document: Document;
  readonly source: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly lines: LineCounter;
  readonly places: Map<string, SourcePlace>;
  readonly problems: ConfigProblem[];
  nodes: number;
}

/** Reads YAML 1.2. Never throws: what is wrong is in `problems`. `source` is how messages name the file. */
export function readYaml(
  text: string,
  source: string,
  env: Readonly<Record<string, string | undefined>>,
): SourceDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2" });
  const reading: Reading = { document, source, env, lines, places: new Map(), problems: [], nodes: 0 };
  const doubles = document.errors.filter((error) => error.code === "DUPLICATE_KEY");
  for (const error of doubles) {
    const place = placeOf(reading, error.pos[0]);
    reading.problems.push({ ...place, path: "", message: "this key stands twice", fix: "Keep one of them." });
  }
  // Behind the first mistake of this kind everything looks wrong, so that one is told alone.
  const broken = document.errors.find((error) => error.code !== "DUPLICATE_KEY") ?? document.warnings[0];
  if (broken !== undefined) reading.problems.push(explainBroken(reading, broken, text));
  const isReadable = document.errors.length === doubles.length;
  const value = isReadable && document.contents !== null ? readNode(reading, document.contents, [], 0) : undefined;
  const isWhole = reading.nodes <= nodesMax;
  return { source, value: isWhole ? value : undefined, places: reading.places, lines, problems: reading.problems };
}

function placeOf(reading: Reading, offset: number): { source: string; line: number; column: number } {
  const { line, col } = reading.lines.linePos(offset);
  return { source: reading.source, line, column: col };
}

/** The parser's message without what it quotes from the file, which may be a key. */
function explainBroken(reading: Reading, error: YAMLError, text: string): ConfigProblem {
  const place = placeOf(reading, error.pos[0]);
  const [sentence = ""] = error.message.split("\n");
  const message = `not valid YAML: ${sentence.replace(/(: |")[^]*$/, "").replace(/[.:]+$/, "")}`;
  const isReference = text.split("\n")[place.line - 1]?.includes("${") === true;
  const fix = isReference ? "Inside { } put ${NAME} in quotes." : "Check indentation, quotes and brackets around here.";
  return { ...place, path: "", message, fix };
}

function readNode(reading: Reading, node: Node, path: ConfigPath, keyOffset: number): unknown {
  const offset = node.range?.[0] ?? 0;
  if (reading.nodes > nodesMax) return undefined;
  if (++reading.nodes > nodesMax || path.length > depthMax) {
    reading.nodes = nodesMax + 1;
    report(
      reading,
      offset,
      [],
      "the file unfolds to too many values",
      "Use fewer aliases, and none inside its own anchor.",
    );
    return undefined;
  }
  if (isAlias(node)) {
    const target = node.resolve(reading.document);
    return target === undefined ? undefined : readNode(reading, target, path, keyOffset);
  }
  const place = { keyOffset, valueOffset: offset, written: null, isReference: false };
  reading.places.set(JSON.stringify(path), place);
  if (isMap(node)) {
    const entries: [string, unknown][] = [];
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : "";
      const at = (pair.key as Node | null)?.range?.[0] ?? offset;
      const value = pair.value === null ? null : readNode(reading, pair.value as Node, [...path, key], at);
      if (pair.value === null)
        reading.places.set(JSON.stringify([...path, key]), { ...place, keyOffset: at, valueOffset: at });
      // A key with nothing behind it (its lines are commented out, say) counts as absent; a provider may be empty.
      if (value !== null) entries.push([key, value]);
      else if (path.length === 1 && path[0] === "providers") entries.push([key, {}]);
    }
    return Object.fromEntries(entries);
  }
  if (isSeq(node)) {
    return node.items.map((item, index) => {
      const at = (item as Node).range?.[0] ?? offset;
      return readNode(reading, item as Node, [...path, index], at);
    });
  }
  if (!isScalar(node)) return undefined;
  return readScalar(reading, node.value, path, keyOffset, offset);
}

function readScalar(
  reading: Reading,
  value: unknown,
  path: ConfigPath,
  keyOffset: number,
  valueOffset: number,
): unknown {
  if (typeof value !== "string") {
    reading.places.set(JSON.stringify(path), { keyOffset, valueOffset, written: String(value), isReference: false });
    return value;
  }
  const { text, missing, replaced } = interpolate(value, reading.env);
  for (const name of missing) {
    const fix = `Export ${name}, or write \${${name}:-default} to do without it.`;
    report(reading, valueOffset, path, `the environment variable ${name} is not set`, fix);
  }
  const written = replaced || value.length > 60 ? null : value;
  reading.places.set(JSON.stringify(path), {
    keyOffset,
    valueOffset,
    written,
    isReference: replaced || value.startsWith("file:"),
  });
  return text;
}

function report(reading: Reading, offset: number, path: ConfigPath, message: string, fix: string): void {
  reading.problems.push({ ...placeOf(reading, offset), path: formatPath(path), message, fix });
}
