import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBatchWriter } from "../../src/stores/sqlite/ledger/batch-writer.ts";
import { idAt } from "../../src/stores/sqlite/id-window.ts";
import { openForWriting } from "../../src/stores/sqlite/data-directory.ts";
import { createFold } from "../../src/stores/sqlite/roll-ups/fold-rows.ts";
import type { WrittenRow } from "../../src/stores/sqlite/roll-ups/measure-row.ts";
import { resetRollUps, takeZone } from "../../src/stores/sqlite/roll-ups/reset-roll-ups.ts";
import { RowQueue } from "../../src/stores/sqlite/ledger/row-queue.ts";
import { type Result, spread } from "../measurement.ts";
import { benchRecord } from "./sample-rows.ts";

const startMs = Date.UTC(2026, 10, 1);
const beyondAll = 2n ** 62n;

/** Figures of one round. */
interface Round {
  readonly rowsPerSecond: number;
  readonly writeCpuUs: number;
  readonly foldCpuUs: number;
  readonly readFoldCpuUs: number;
  readonly singleCpuUs: number;
}

/** Rows of the batches, which is what the gateway's thread hands over at most. */
const batchRows = 512;
const singleRows = 2_000;

/**
 * What the ledger's thread does, in one thread alone: batches as they arrive there, each parsed, inserted and synced
 * (synchronous=FULL); in turn with them the fold, which gets the rows handed over; then commits of a single row, without a sync; then
 * the fold of rows that it must read. The rate is that of the least disturbed round, CPU times are the smallest: what else runs on a
 * machine only adds.
 */
export function measureWrites(rounds: number, batches: number): readonly Result[] {
  const measured = Array.from({ length: rounds }, () => {
    const directory = mkdtempSync(join(tmpdir(), "farthing-bench-"));
    try {
      return measureRound(directory, batches);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
  const n = batches * batchRows;
  const rates = measured.map((round) => round.rowsPerSecond);
  const cpu = (name: string, labels: Record<string, string>, timings: readonly number[]): Result => ({
    name,
    labels,
    value: Math.min(...timings),
    unit: "us/row",
    n,
    interval: spread(timings),
    bar: null,
  });
  const labels = { batch: `${batchRows} rows` };
  const bar = { op: ">=", value: 100_000 } as const;
  return [
    { name: "write-rate", labels, value: Math.max(...rates), unit: "rows/s", n, interval: spread(rates), bar },
    cpu(
      "write-cpu",
      labels,
      measured.map((round) => round.writeCpuUs),
    ),
    cpu(
      "write-cpu",
      { batch: "1 row" },
      measured.map((round) => round.singleCpuUs),
    ),
    {
      ...cpu(
        "fold-cpu",
        { rows: "handed over" },
        measured.map((round) => round.foldCpuUs),
      ),
      bar: { op: "<=", value: 5 },
    },
    cpu(
      "fold-cpu",
      { rows: "read" },
      measured.map((round) => round.readFoldCpuUs),
    ),
  ];
}

function measureRound(directory: string, batches: number): Round {
  const texts = batchTexts(batches * batchRows, 0);
  const singles = Array.from({ length: singleRows }, (_, index) => batchTexts(1, batches * batchRows + index)[0] ?? "");
  const database = openForWriting(directory, "FULL");
  takeZone(database, "UTC");
  const fold = createFold(database);
  const bound = (): bigint => fold.foldedBelowId;
  let handedOver: readonly WrittenRow[] | null = null;
  const writer = createBatchWriter(database, nothing, refuse, bound, (rows) => (handedOver = rows));
  writer.write(texts[0] ?? "");
  fold.take(handedOver);
  const write = createClock();
  const folded = createClock();
  for (const [index, text] of texts.slice(1).entries()) {
    write.time(() => writer.write(text));
    folded.time(() => {
      fold.take(handedOver);
      fold.next(idAt(startMs + (index + 2) * batchRows));
    });
  }
  database.exec("PRAGMA synchronous=OFF");
  const single = createClock();
  for (const text of singles) single.time(() => writer.write(text));
  resetRollUps(database, "UTC");
  const read = createFold(database);
  const readFolded = createClock();
  readFolded.time(() => {
    while (read.next(beyondAll) > 0);
  });
  database.close();
  const rows = (batches - 1) * batchRows;
  return {
    rowsPerSecond: (rows / write.wallUs) * 1_000_000,
    writeCpuUs: write.cpuUs / rows,
    foldCpuUs: folded.cpuUs / rows,
    readFoldCpuUs: readFolded.cpuUs / (rows + batchRows + singleRows),
    singleCpuUs: single.cpuUs / singleRows,
  };
}

/** Adds up what calls take, microseconds. */
interface Clock {
  wallUs: number;
  cpuUs: number;
  time(run: () => void): void;
}

function createClock(): Clock {
  return {
    wallUs: 0,
    cpuUs: 0,
    time(run) {
      const cpuBefore = process.cpuUsage();
      const startedMs = performance.now();
      run();
      this.wallUs += (performance.now() - startedMs) * 1_000;
      const { user, system } = process.cpuUsage(cpuBefore);
      this.cpuUs += user + system;
    },
  };
}

const nothing = (): void => undefined;

function refuse(reason: string): void {
  throw new Error(reason);
}

/** Texts as the gateway's thread hands them over. */
function batchTexts(rows: number, firstIndex: number): readonly string[] {
  const queue = new RowQueue();
  for (let index = 0; index < rows; index += 1) queue.add(benchRecord(firstIndex + index, startMs));
  const texts: string[] = [];
  while (!queue.isEmpty) texts.push(queue.take());
  return texts;
}
