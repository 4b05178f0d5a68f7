import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firstIdAt, requestIdOf } from "../../src/kit/request-id.ts";
import type { RequestRecord } from "../../src/spec/ledger.ts";
import { idAt } from "../../src/stores/sqlite/id-window.ts";
import { openForWriting } from "../../src/stores/sqlite/data-directory.ts";
import { createFold } from "../../src/stores/sqlite/roll-ups/fold-rows.ts";
import { takeZone } from "../../src/stores/sqlite/roll-ups/reset-roll-ups.ts";
import { writeRows } from "../../src/stores/sqlite/ledger/test-ledger-rows.ts";
import { sampleAttempt, sampleRecord } from "../../src/testing/ledger-conformance.ts";
import type { MoneyCase, MoneyUnderTest, PlayableCase } from "./case.ts";
import { workedPicoUsd } from "./worked-amount.ts";

/** A request of the ledger: when it arrived (UTC) and what it cost; null: nobody knows. */
export interface CaseRow {
  readonly at: string;
  readonly usd: string | null;
  /** The provider's id of its answer; by default each has its own. */
  readonly responseId?: string;
}

/** A question to the report. */
export interface ReportQuestion {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly usd: string;
  readonly requests: number;
  readonly unpriced?: number;
  /** By day of the zone, only where days are asked for. */
  readonly days?: Readonly<Record<string, string>>;
}

/** Rows on disk, and what must be reported of them. */
export interface ReportCase extends MoneyCase {
  readonly rows: readonly CaseRow[];
  /** Rows that are written after the others were folded into the roll-ups. */
  readonly late?: readonly CaseRow[];
  /** Zone of the daily roll-ups. Every question is asked of the rows alone, and once more with all but the late ones folded. */
  readonly zone: string;
  readonly ask: readonly ReportQuestion[];
}

/** Writes and asks, then the same with roll-ups. */
export function reportCase(about: ReportCase): PlayableCase {
  const answers = about.ask.map(({ usd, requests, unpriced = 0, days }) => ({
    picoUsd: workedPicoUsd(usd),
    requests,
    unpriced,
    days: Object.fromEntries(Object.entries(days ?? {}).map(([day, working]) => [day, workedPicoUsd(working)])),
  }));
  return {
    kind: "reports",
    about,
    expected: [answers, answers],
    play: (money) => report(about, money),
  };
}

function report({ rows, late = [], zone, ask }: ReportCase, { readReport }: MoneyUnderTest): unknown {
  const asked = (directory: string): unknown[] => ask.map((question) => answerTo(question, directory, readReport));
  return [false, true].map((isFolded) => {
    const directory = mkdtempSync(join(tmpdir(), "farthing-money-cases-"));
    try {
      writeLedger(directory, rows, late, isFolded ? zone : null);
      return asked(directory);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}

/** @param foldZone zone of the daily sums that the rows, but not the late ones, are folded into; null: nothing is folded. */
function writeLedger(
  directory: string,
  rows: readonly CaseRow[],
  late: readonly CaseRow[],
  foldZone: string | null,
): void {
  const database = openForWriting(directory, "OFF");
  writeRows(database, rows.map(recordOf));
  takeZone(database, foldZone ?? "UTC");
  const fold = createFold(database);
  const last = Math.max(...rows.map((row) => Date.parse(row.at)));
  if (foldZone !== null) while (fold.next(idAt(last + 1)) > 0);
  const lateRecords = late.map((row, index) => recordOf(row, rows.length + index));
  writeRows(database, lateRecords, () => fold.foldedBelowId);
  database.close();
}

function answerTo(question: ReportQuestion, directory: string, readReport: MoneyUnderTest["readReport"]): unknown {
  const { from, to, zone, days } = question;
  const window = { directory, fromMs: Date.parse(from), toMs: Date.parse(to), zone };
  const { total, lines } = readReport({ ...window, by: days === undefined ? [] : ["day"] });
  return {
    picoUsd: total.costPicoUsd,
    requests: total.requests,
    unpriced: total.unpriced,
    days: Object.fromEntries(lines.map((line) => [line.group["day"], line.costPicoUsd])),
  };
}

function recordOf({ at, usd, responseId }: CaseRow, index: number): RequestRecord {
  const arrivedAtMs = Date.parse(at);
  const id = firstIdAt(arrivedAtMs) + BigInt(index);
  const cost =
    usd === null
      ? ({ state: "unpriced", picoUsd: null } as const)
      : ({ state: "priced", picoUsd: workedPicoUsd(usd) } as const);
  const ids = { providerRequestId: `req_${index}`, providerResponseId: responseId ?? `chatcmpl-${index}` };
  const attempts = [sampleAttempt(0, { ...ids, cost, startedAtMs: arrivedAtMs })];
  return sampleRecord(index, {
    id,
    requestId: requestIdOf(id),
    arrivedAtMs,
    cost,
    baseline: cost,
    savings: [],
    attempts,
  });
}
