import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { createSeededRandom } from "../../../testing/seeded-random.ts";
import { idsSaidBy } from "../test-killed-writer.ts";

const cycles = 3;

/**
 * Writes rows, 16 at a time; says a row's id only when `append` has resolved `synced`. Kills itself the moment it has said
 * `count`: any way from outside would be later, and leave the disk time to catch up with a word given too early. The
 * disk is slow for the same reason.
 */
const writer = (directory: string, first: number, count: number): string => `
  const { openLedger } = await import(${JSON.stringify(new URL("./open-ledger.ts", import.meta.url).href)});
  const { sampleRecord } = await import(${JSON.stringify(new URL("../../../testing/ledger-conformance.ts", import.meta.url).href)});
  const { writeSync } = await import("node:fs");
  const after = (ms, run) => { const timer = setTimeout(run, ms); return () => clearTimeout(timer); };
  const clock = { nowMs: () => Date.now(), monotonicUs: () => performance.now() * 1000, after };
  const settings = { durability: "strict", syncWaitMsMax: 60000, spoolRowsMax: 1000, retentionDays: 4000 };
  const faults = { stall: { commits: 1e9, delayMs: 2 } };
  const ledger = await openLedger({ directory: ${JSON.stringify(directory)}, settings, clock, alarm() {}, faults });
  let next = ${first};
  let left = ${count};
  const work = async () => {
    for (;;) {
      const index = next++;
      if (await ledger.append(sampleRecord(index), true) !== "synced") continue;
      writeSync(1, sampleRecord(index).id + "\\n");
      if (--left === 0) process.kill(process.pid, "SIGKILL");
    }
  };
  for (let worker = 0; worker < 16; worker++) void work();
`;

test(`a process killed ${cycles} times loses no row that it acknowledged`, { timeout: 60_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), "farthing-kill-"));
  const random = createSeededRandom(20_261_121);
  const acknowledged: string[] = [];
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      const count = 100 + Math.floor(random() * 900);
      acknowledged.push(...(await idsSaidBy(writer(directory, cycle * 1_000_000, count))));
    }
    const database = new DatabaseSync(join(directory, "ledger.sqlite"), { readBigInts: true });
    const stored = new Set(
      database
        .prepare("SELECT id FROM requests")
        .all()
        .map((row) => String(row["id"])),
    );
    expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    database.close();
    expect(acknowledged.length).toBeGreaterThan(cycles * 100);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
