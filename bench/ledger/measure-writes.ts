import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBatchWriter } from "../../src/stores/sqlite/batch-writer.ts";
import { openForWriting } from "../../src/stores/sqlite/data-directory.ts";
import { createFold } from "../../src/stores/sqlite/fold-rows.ts";
import { takeZone } from "../../src/stores/sqlite/reset-roll-ups.ts";
import { RowQueue } from "../../src/stores/sqlite/row-queue.ts";
import { type Result, spread } from "../measurement.ts";
import { benchRecord } from "./sample-rows.ts";

const startMs = Date.UTC(2026, 10, 1);
const beyondAll = 2n ** 62n;

/** Figures of one round. */
interface Round {
  readonly rowsPerSecond: number;
  readonly writeCpuUs: number;
  readonly foldCpuUs: number;
  readonly singleCpuUs: number;
}

/** Rows of the batches, which is what the gateway's thread hands over at most. */
const batchRows = 512;
const singleRows = 2_000;

/**
 * What the ledger's thread does, in one thread alone: batches as they arrive there, each parsed, inserted and synced
 * (synchronous=FULL); then the same rows folded; then commits of a single row, without a sync. The rate is that of the least
 * disturbed round, CPU times are the smallest: what else runs on a machine only adds.
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
    cpu(
      "fold-cpu",
      {},
      measured.map((round) => round.foldCpuUs),
    ),
  ];
}

function measureRound(directory: string, batches: number): Round {
  const texts = batchTexts(batches * batchRows, 0);
  const singles = Array.from({ length: singleRows }, (_, index) => batchTexts(1, batches * batchRows + index)[0] ?? "");
  const database = openForWriting(directory, "FULL");
  takeZone(database, "UTC");
  const fold = createFold(database);
  const writer = createBatchWriter(
    database,
    () => undefined,
    refuse,
    () => fold.foldedBelowId,
  );
  writer.write(texts[0] ?? "");
  const write = timed(() => {
    for (const text of texts.slice(1)) writer.write(text);
    return (batches - 1) * batchRows;
  });
  const folded = timed(() => {
    let rows = 0;
    for (let slice = fold.next(beyondAll); slice > 0; slice = fold.next(beyondAll)) rows += slice;
    return rows;
  });
  database.exec("PRAGMA synchronous=OFF");
  const single = timed(() => {
    for (const text of singles) writer.write(text);
    return singleRows;
  });
  database.close();
  return {
    rowsPerSecond: 1_000_000 / write.wallUs,
    writeCpuUs: write.cpuUs,
    foldCpuUs: folded.cpuUs,
    singleCpuUs: single.cpuUs,
  };
}

/** Microseconds a row. */
function timed(run: () => number): { readonly wallUs: number; readonly cpuUs: number } {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const rows = run();
  const wallUs = (performance.now() - startedMs) * 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wallUs: wallUs / rows, cpuUs: (user + system) / rows };
}

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
