import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { KeptBytes } from "./kept-bytes.ts";

const eventOf = (index: number, length: number): Buffer =>
  Buffer.from(`data: ${String(index).padEnd(length - 8, ".")}\n\n`);

test.each([1, 50, 160])("%i events of 100 bytes are kept whole", (count) => {
  const kept = new KeptBytes();
  const events = Array.from({ length: count }, (_, index) => eventOf(index, 100));
  for (const event of events) kept.add(event);
  expect(Buffer.from(kept.read()).equals(Buffer.concat(events))).toBe(true);
});

test.each([100, 3_000, 20_000, 100_000])(
  "of many pieces of %i bytes the first and the last whole events stay",
  (size) => {
    const kept = new KeptBytes();
    const events = Array.from({ length: 500 }, (_, index) => eventOf(index, 100));
    const stream = Buffer.concat(Array.from({ length: 400 }, () => events).flat());
    for (let start = 0; start < stream.length; start += size) kept.add(stream.subarray(start, start + size));
    const read = Buffer.from(kept.read());
    expect(kept.totalBytes).toBe(stream.length);
    expect(read.length).toBeLessThan(32 * 1024 + size + 2);
    const gap = read.indexOf("\n\n\n\n");
    expect(read.subarray(0, gap).equals(stream.subarray(0, gap))).toBe(true);
    const tail = read.subarray(gap + 4);
    expect(tail.length).toBeGreaterThan(4_000);
    expect(tail.equals(stream.subarray(stream.length - tail.length))).toBe(true);
  },
);

test("a piece with the end of one event only is kept whole", () => {
  const kept = new KeptBytes();
  kept.add(eventOf(0, 100));
  kept.add(eventOf(1, 50_000));
  expect(Buffer.from(kept.read()).equals(Buffer.concat([eventOf(0, 100), eventOf(1, 50_000)]))).toBe(true);
});

test("keeps no reference to the network's buffers", () => {
  const kept = new KeptBytes();
  const event = eventOf(0, 100);
  kept.add(event);
  event.fill(0);
  expect(Buffer.from(kept.read()).toString()).toBe(eventOf(0, 100).toString());
});
