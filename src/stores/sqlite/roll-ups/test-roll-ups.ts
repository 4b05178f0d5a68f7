import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { arrivalOf } from "../../../kit/request-id.ts";
import { coverByRows } from "./coverage.ts";
import { idAt } from "../id-window.ts";
import { openForWriting } from "../data-directory.ts";
import { createFold } from "./fold-rows.ts";
import { readOverview } from "../reports/read-overview.ts";
import { readReportFrom } from "../reports/read-report.ts";
import { setSpans } from "../reports/read-sums.ts";
import { readDimensions } from "./report-dimensions.ts";
import { readLines } from "../reports/report-lines.ts";
import { pruneRollUps, takeZone } from "./reset-roll-ups.ts";
import { rollUps } from "./schema-roll-ups.ts";
import {
  type Drawn,
  drawnFortune,
  drawnRecord,
  recordOf,
  storyLengthMs as lengthMs,
  storyStartMs as startMs,
} from "./test-roll-up-rows.ts";
import { writeRows } from "../ledger/test-ledger-rows.ts";

const dayMs = 86_400_000;
const quarterMs = 900_000;
const zones = ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland"];
const groupings: readonly (readonly string[])[] = [
  [],
  ["feature"],
  ["user"],
  ["day"],
  ["user", "day"],
  ["status"],
  ["cohort", "key"],
  ["model", "day"],
  ["feature", "team", "key", "model", "provider"],
  ["provider", "status", "day"],
  ["session"],
  ["tags"],
];

/** What may happen to a ledger. */
type Step =
  | { readonly kind: "write"; readonly records: readonly Drawn[] }
  | { readonly kind: "fold"; readonly slices: number; readonly beforeMs: number }
  | { readonly kind: "lengthen"; readonly slices: number }
  | { readonly kind: "doubt" }
  | { readonly kind: "reopen" }
  | { readonly kind: "zone"; readonly zone: string }
  | { readonly kind: "prune"; readonly atMs: number };

/** A report that is asked for; `edges` of its window in any order. */
interface Question {
  readonly by: readonly string[];
  readonly zone: string;
  readonly edges: readonly [number, number];
}

const drawnStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("write" as const), records: fc.array(drawnRecord, { maxLength: 25 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("write" as const), records: drawnFortune }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("fold" as const),
      slices: fc.integer({ min: 1, max: 40 }),
      beforeMs: fc.integer({ min: 0, max: lengthMs }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("lengthen" as const), slices: fc.integer({ min: 1, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("doubt" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("zone" as const), zone: fc.constantFrom(...zones) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("prune" as const), atMs: fc.integer({ min: 0, max: lengthMs }) }),
  },
);

const drawnQuestion: fc.Arbitrary<Question> = fc.record({
  by: fc.constantFrom(...groupings),
  zone: fc.constantFrom(...zones),
  edges: fc.tuple(
    fc.oneof(fc.integer({ min: 0, max: lengthMs }), fc.constant(0)),
    fc.oneof(fc.integer({ min: 0, max: lengthMs }), fc.constant(lengthMs), fc.constant(1_000 * dayMs)),
  ),
});

/** What happens to a ledger, in order, and what it is asked afterwards. */
export const drawnStory: fc.Arbitrary<Story> = fc.record({
  steps: fc.array(drawnStep, { maxLength: 14 }),
  questions: fc.array(drawnQuestion, { minLength: 1, maxLength: 2 }),
});

/** A story of a ledger; see {@link drawnStory}. */
export interface Story {
  readonly steps: readonly Step[];
  readonly questions: readonly Question[];
}

/** What came of a story. */
export interface StoryEnd {
  /**
   * What did not agree: the report with the same sums over every row, and with plain arithmetic over the records; the overview with that
   * too. Empty when all did.
   */
  readonly wrong: readonly string[];
  readonly rows: number;
  /** Rows that were written behind the fold. */
  readonly lateRows: number;
  /** Of all its requests. */
  readonly costPicoUsd: bigint;
}

/** A ledger that stories are played on, one after the other. */
export interface Stage {
  play(story: Story): StoryEnd;
  close(): void;
}

/** Opens a ledger in a directory of its own, which `close` removes. */
export function openStage(): Stage {
  const directory = mkdtempSync(join(tmpdir(), "farthing-roll-ups-"));
  let database = openForWriting(directory, "OFF");
  const reopen = (): DatabaseSync => {
    database.close();
    database = openForWriting(directory, "OFF");
    return database;
  };
  return {
    play(story) {
      clear(database);
      return playStory(database, reopen, story);
    },
    close() {
      database.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** Makes a ledger as good as new, some ten times as fast as another one. */
function clear(database: DatabaseSync): void {
  const tables = [
    "requests",
    "later_attempts",
    "late_rows",
    "roll_up_zones",
    "long_spans",
    ...rollUps.map((one) => one.table),
  ];
  database.exec(
    `BEGIN; UPDATE retention SET before_id = ${2n ** 63n - 1n};
     ${tables.map((table) => `DELETE FROM ${table};`).join("\n")}
     UPDATE retention SET before_id = 0;
     UPDATE roll_up_state SET folded_below_id = 0, quarters_from_ms = 0, days_from_ms = 0; COMMIT`,
  );
}

function playStory(opened: DatabaseSync, reopen: () => DatabaseSync, { steps, questions }: Story): StoryEnd {
  let database = opened;
  takeZone(database, "UTC");
  let fold = createFold(database);
  let lateRows = 0;
  const records: RequestRecord[] = [];
  for (const step of steps) {
    if (step.kind === "write") {
      const written = step.records.map((drawn, index) => recordOf(drawn, records.length + index));
      lateRows += written.filter(({ id }) => id < fold.foldedBelowId).length;
      writeRows(database, written, () => fold.foldedBelowId, fold);
      records.push(...written);
    } else if (step.kind === "fold") {
      for (let slice = 0; slice < step.slices; slice++) fold.next(idAt(startMs + step.beforeMs));
    } else if (step.kind === "doubt") fold.take(null);
    else if (step.kind === "lengthen") {
      for (let slice = 0; slice < step.slices; slice++) fold.lengthen();
    } else if (step.kind === "prune") pruneRollUps(database, quarterOf(startMs + step.atMs) + 45 * dayMs);
    else {
      if (step.kind === "zone") takeZone(database, step.zone);
      else database = reopen();
      fold = createFold(database);
    }
  }
  return {
    wrong: questions.flatMap((question) => ask(database, records, question)),
    rows: records.length,
    lateRows,
    costPicoUsd: sum(records, (one) => one.cost.picoUsd),
  };
}

const quarterOf = (ms: number): number => Math.floor(ms / quarterMs) * quarterMs;

function ask(
  database: DatabaseSync,
  records: readonly RequestRecord[],
  { by, zone, edges }: Question,
): readonly string[] {
  const [from, to] = edges.toSorted((one, other) => one - other) as [number, number];
  const window = { fromMs: startMs + from, toMs: startMs + Math.max(to, from + 1) };
  const report = readReportFrom(database, { ...window, by, zone, linesMax: 1e6 });
  const rows = { database, coverage: coverByRows(window.fromMs, window.toMs), foldedBelowId: 0n };
  setSpans(database, "day", zone);
  const wrong: string[] = [];
  const compare = (name: string, found: unknown, expected: unknown): void => {
    if (!isDeepStrictEqual(found, expected))
      wrong.push(`${name} by ${by.join()} in ${zone}: ${show(found)} != ${show(expected)}`);
  };
  const lines = by.length === 0 ? [] : readLines(rows, readDimensions(by), zone);
  compare("total", byGroup([report.total]), byGroup(readLines(rows, [], zone)));
  compare("lines", byGroup(report.lines), byGroup(lines));
  compare("plain sums", figuresOf(report.total), plainSums(records, window));
  const page = readOverview(database, { ...window, zone });
  const plain = plainSums(records, page);
  compare(
    "page",
    [page.requests, page.costPicoUsd, page.savedPicoUsd],
    [plain.requests, plain.costPicoUsd.toString(), (plain.baselinePicoUsd - plain.comparedCostPicoUsd).toString()],
  );
  const points = page.points.reduce((total, point) => total + BigInt(point.costPicoUsd), 0n);
  compare("points", points, plain.costPicoUsd);
  return wrong;
}

/** Lines by their group, without what is not a sum. */
function byGroup(lines: readonly object[]): ReadonlyMap<string, unknown> {
  return new Map(
    lines.map((line) => {
      const { key: _key, p50Us: _p50, p99Us: _p99, latency: _latency, ...sums } = line as Record<string, unknown>;
      return [JSON.stringify(sums["group"]), sums];
    }),
  );
}

function show(value: unknown): string {
  const plain = value instanceof Map ? [...value.values()] : value;
  return JSON.stringify(plain, (_name, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}

interface PlainSums {
  readonly requests: number;
  readonly costPicoUsd: bigint;
  readonly comparedCostPicoUsd: bigint;
  readonly baselinePicoUsd: bigint;
  readonly inputTokens: number;
}

function figuresOf(line: Omit<PlainSums, "inputTokens"> & { readonly tokens: { readonly input?: number } }): PlainSums {
  const { requests, costPicoUsd, comparedCostPicoUsd, baselinePicoUsd, tokens } = line;
  return { requests, costPicoUsd, comparedCostPicoUsd, baselinePicoUsd, inputTokens: tokens.input ?? 0 };
}

/** By plain arithmetic, with no SQL in it. */
function plainSums(
  records: readonly RequestRecord[],
  window: { readonly fromMs: number; readonly toMs: number },
): PlainSums {
  const inside = records.filter(({ id }) => arrivalOf(id) >= window.fromMs && arrivalOf(id) < window.toMs);
  const compared = inside.filter(({ cost, baseline }) => cost.picoUsd !== null && baseline.picoUsd !== null);
  return {
    requests: inside.length,
    costPicoUsd: sum(inside, (one) => one.cost.picoUsd),
    comparedCostPicoUsd: sum(compared, (one) => one.cost.picoUsd),
    baselinePicoUsd: sum(compared, (one) => one.baseline.picoUsd),
    inputTokens: inside
      .flatMap((one) => one.attempts)
      .reduce((total, { usage }) => total + (usage.tokens.input ?? 0), 0),
  };
}

function sum(records: readonly RequestRecord[], of: (one: RequestRecord) => bigint | null): bigint {
  return records.reduce((total, one) => total + (of(one) ?? 0n), 0n);
}
