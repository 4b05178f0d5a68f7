import { expect, test } from "vitest";
import { WaitList } from "./wait-list.ts";

function listOf(deadlinesUs: readonly number[]): { waits: WaitList; results: string[] } {
  const waits = new WaitList();
  const results: string[] = [];
  deadlinesUs.forEach((deadlineUs, index) =>
    waits.add(index + 1, BigInt(index + 1), deadlineUs, (result) => results.push(`${index + 1} ${result}`)),
  );
  return { waits, results };
}

test("settles up to the row on disk and no further, each waiter once", () => {
  const { waits, results } = listOf([10, 10, 10]);
  waits.settle(2);
  waits.settle(2);
  expect(results).toEqual(["1 synced", "2 synced"]);
  expect(waits.size).toBe(1);
});

test("ends waits at their deadline and names their requests; the disk's later word changes nothing", () => {
  const { waits, results } = listOf([10, 20, 30]);
  expect(waits.expire(9)).toEqual([]);
  expect(waits.nextDeadlineUs).toBe(10);
  expect(waits.expire(20)).toEqual([1n, 2n]);
  expect(waits.nextDeadlineUs).toBe(30);
  waits.settle(3);
  expect(results).toEqual(["1 spooled", "2 spooled", "3 synced"]);
  expect(waits.nextDeadlineUs).toBeNull();
});

test("stays small when settled and filled again for long", () => {
  const waits = new WaitList();
  let settled = 0;
  for (let sequence = 1; sequence <= 10_000; sequence++) {
    waits.add(sequence, 0n, 0, () => (settled += 1));
    if (sequence % 3 === 0) waits.settle(sequence - 2);
    expect(waits.size).toBeLessThanOrEqual(5);
  }
  waits.abandon();
  expect(settled).toBe(10_000);
  expect(waits.size).toBe(0);
});
