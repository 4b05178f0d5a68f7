import { describe, expect, test } from "vitest";
import { createFakeClock, type FakeClock } from "../../../testing/fake-clock.ts";
import type { EntryToStore, WriteBatch } from "./answer-protocol.ts";
import { ReadQueue } from "./read-queue.ts";
import { WriteQueue } from "./write-queue.ts";

function entryOf(bytes: number): EntryToStore {
  const place = { fingerprint: 1, owner: "owner", partition: "owner", isolation: "tenant", key: "key" } as const;
  const times = { storedAtMs: 0, endsAtMs: 1, costPicoUsd: 0 };
  return { ...place, ...times, generation: "g", sequence: 0, tags: "[]", body: new Uint8Array(bytes).fill(bytes) };
}

interface Sent {
  readonly clock: FakeClock;
  readonly queue: WriteQueue;
  readonly batches: WriteBatch[];
  answer(): void;
}

function startQueue(): Sent {
  const batches: WriteBatch[] = [];
  const clock = createFakeClock();
  const queue = new WriteQueue(clock, (batch) => batches.push(batch));
  const answer = (): void => {
    const commands = (batches.at(-1)?.changes ?? []).filter((change) => "kind" in change);
    const answers = commands.map((_, index) => ({ count: index, lastId: null }));
    queue.answered({ kind: "written", answers, cleared: false, changes: [], evicted: 0 });
  };
  return { clock, queue, batches, answer };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("changes on their way to the writing thread", () => {
  test("of one turn share a transaction, and what comes meanwhile shares the next", async () => {
    const { queue, batches, answer } = startQueue();
    const first = [queue.call({ kind: "sweep" }, 1), queue.call({ kind: "sweep" }, 2)];
    await turn();
    const second = [queue.call({ kind: "sweep" }, 3), queue.call({ kind: "sweep" }, 4)];
    await turn();
    expect(batches.map(({ changes, nowMs }) => [changes.length, nowMs])).toEqual([[2, 2]]);
    answer();
    expect((await Promise.all(first)).map(({ count }) => count)).toEqual([0, 1]);
    expect(batches.map(({ changes, nowMs }) => [changes.length, nowMs])).toEqual([
      [2, 2],
      [2, 4],
    ]);
    answer();
    await Promise.all(second);
    await queue.drained();
  });

  test("are at most 512 and 1 MiB to a transaction", async () => {
    const { queue, batches, answer } = startQueue();
    const written: Promise<unknown>[] = Array.from({ length: 520 }, () => queue.call({ kind: "sweep" }, 1));
    for (const bytes of [700_000, 700_000, 3_000_000, 10]) written.push(queue.store(entryOf(bytes), 1));
    await turn();
    for (let batch = 0; batch < 5; batch++) answer();
    await Promise.all(written);
    expect(batches.map(({ changes, bodies }) => [changes.length, bodies.length])).toEqual([
      [512, 0],
      [9, 700_000],
      [1, 700_000],
      [1, 3_000_000],
      [1, 10],
    ]);
  });

  test("gather for 20 ms where they are answers, and go at once with a command or when a batch is full", async () => {
    const { clock, queue, batches, answer } = startQueue();
    const written = [queue.store(entryOf(1), 1), queue.store(entryOf(2), 2)];
    expect(written[0]).toBe(written[1]);
    await clock.advanceAsync(19);
    await turn();
    expect(batches).toHaveLength(0);
    await clock.advanceAsync(1);
    await turn();
    expect(batches.map(({ changes, bodies }) => [changes.length, [...bodies]])).toEqual([[2, [1, 2, 2]]]);
    written.push(queue.store(entryOf(3), 3));
    answer();
    await turn();
    expect(batches).toHaveLength(1);
    const swept = queue.call({ kind: "sweep" }, 4);
    await turn();
    expect(batches.map(({ changes }) => changes.length)).toEqual([2, 2]);
    answer();
    expect(await swept).toEqual({ count: 0, lastId: null });
    written.push(queue.store(entryOf(700_000), 5), queue.store(entryOf(700_000), 5));
    await turn();
    expect(batches).toHaveLength(3);
    answer();
    answer();
    await Promise.all(written);
    expect([batches.length, clock.pendingTimers]).toEqual([4, 0]);
  });

  test("are all written before a queue says that it is drained", async () => {
    const { clock, queue, batches, answer } = startQueue();
    const first = queue.store(entryOf(1), 1);
    const drained = queue.drained();
    const second = queue.store(entryOf(1), 1);
    answer();
    await clock.advanceAsync(20);
    await turn();
    answer();
    await Promise.all([first, second, drained]);
    expect([batches.length, clock.pendingTimers]).toEqual([2, 0]);
  });

  test("reject when 4,096 or 32 MiB wait, and are taken again afterwards", async () => {
    const { queue, answer } = startQueue();
    const calls = Array.from({ length: 4_096 }, () => queue.call({ kind: "sweep" }, 1));
    await expect(queue.call({ kind: "sweep" }, 1)).rejects.toThrow(/Too much waits/);
    await turn();
    for (let batch = 0; batch < 8; batch++) answer();
    await Promise.all(calls);
    const large = [queue.store(entryOf(20 << 20), 1)];
    await expect(queue.store(entryOf(20 << 20), 1)).rejects.toThrow(/Too much waits/);
    void queue.call({ kind: "sweep" }, 1);
    await turn();
    large.push(queue.store(entryOf(20 << 20), 1));
    answer();
    answer();
    answer();
    await Promise.all(large);
  });

  test("carry the hits since the last one, of 10,000 entries at most", async () => {
    const { queue, batches } = startQueue();
    for (let id = 0; id < 10_010; id++) queue.countHit(id);
    queue.countHit(7);
    void queue.call({ kind: "sweep" }, 1);
    await turn();
    expect(batches[0]?.hits).toHaveLength(10_000);
    expect(batches[0]?.hits[7]).toEqual([7, 2]);
  });

  test("are rejected with the thread that had them; the rest goes to the next one", async () => {
    const { queue, batches, answer } = startQueue();
    const lost = queue.call({ kind: "sweep" }, 1);
    await turn();
    const kept = queue.call({ kind: "sweep" }, 2);
    queue.restarted();
    await expect(lost).rejects.toThrow(/ended before it answered/);
    expect(batches).toHaveLength(2);
    answer();
    await kept;
    const open = queue.call({ kind: "sweep" }, 3);
    queue.end(new Error("closed"));
    await expect(open).rejects.toThrow("closed");
    await expect(queue.call({ kind: "sweep" }, 4)).rejects.toThrow("closed");
  });
});

describe("questions on their way to the reading thread", () => {
  test("of one turn share a message, and are answered in their order", async () => {
    const sent: number[] = [];
    const queue = new ReadQueue((calls) => sent.push(calls.length));
    const asked = [queue.call({ kind: "stats" }), queue.call({ kind: "stats" }), queue.call({ kind: "stats" })];
    await turn();
    expect(sent).toEqual([3]);
    const failure = { kind: "failed", message: "no disk", cause: "other" } as const;
    queue.answered([{ entries: 1, bytes: 1 }, failure, { entries: 3, bytes: 3 }]);
    expect(await asked[0]).toEqual({ entries: 1, bytes: 1 });
    await expect(asked[1]).rejects.toThrow("no disk");
    expect(await asked[2]).toEqual({ entries: 3, bytes: 3 });
  });

  test("are rejected with the thread that had them, when too many wait, and at the end", async () => {
    const queue = new ReadQueue(() => undefined);
    const lost = queue.call({ kind: "stats" });
    await turn();
    queue.restarted();
    await expect(lost).rejects.toThrow(/ended before it answered/);
    const waiting = Array.from({ length: 4_096 }, () => queue.call({ kind: "stats" }));
    await expect(queue.call({ kind: "stats" })).rejects.toThrow(/Too many questions/);
    queue.end(new Error("closed"));
    for (const one of await Promise.allSettled(waiting)) expect(one.status).toBe("rejected");
    await expect(queue.call({ kind: "stats" })).rejects.toThrow("closed");
  });
});
