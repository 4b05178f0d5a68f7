import { afterEach, beforeEach, expect, test } from "vitest";
import { createSeededRandom } from "../../../testing/seeded-random.ts";
import { idsSaidBy } from "../test-killed-writer.ts";
import { createBodyReader } from "./read-bodies.ts";
import { openBodyStore } from "./open-body-store.ts";
import { makeBodyFolder, removeBodyFolder, testKey } from "./test-body-files.ts";

const cycles = 3;
let directory: string;
beforeEach(() => {
  directory = makeBodyFolder();
});
afterEach(() => removeBodyFolder(directory));

/** Keeps bodies, 16 at a time; says an id only when it was acknowledged, and kills itself the moment it has said `count`. */
const writer = (first: number, count: number): string => `
  const { openBodyStore } = await import(${JSON.stringify(new URL("./open-body-store.ts", import.meta.url).href)});
  const { writeSync } = await import("node:fs");
  const after = (ms, run) => { const timer = setTimeout(run, ms); return () => clearTimeout(timer); };
  const clock = { nowMs: () => Date.now(), monotonicUs: () => performance.now() * 1000, after };
  const directory = ${JSON.stringify(directory)};
  const store = await openBodyStore({ directory, key: ${JSON.stringify(testKey)}, retentionDays: 365, clock, alarm() {} });
  let next = ${first};
  let left = ${count};
  const work = async () => {
    for (;;) {
      const id = BigInt(next++);
      const about = { id, owner: "owner", user: "u" + (id % 7n), route: "legal", dialect: "openai-chat", called: "m" };
      await store.keepRequest({ ...about, atMs: Date.now(), asked: {}, body: new TextEncoder().encode("body " + id) });
      writeSync(1, id + "\\n");
      if (--left === 0) process.kill(process.pid, "SIGKILL");
    }
  };
  for (let worker = 0; worker < 16; worker++) void work();
`;

test(
  `a process killed ${cycles} times loses no body that it acknowledged, and the chain is whole`,
  {
    timeout: 60_000,
  },
  async () => {
    const random = createSeededRandom(20_261_122);
    const reader = createBodyReader(directory, testKey);
    const acknowledged: string[] = [];
    for (let cycle = 0; cycle < cycles; cycle++) {
      acknowledged.push(...(await idsSaidBy(writer(cycle * 1_000_000, 100 + Math.floor(random() * 500)))));
      expect((await reader.verify()).brokenAt).toBeNull();
    }
    const stored = new Map<string, string>();
    for await (const { id, body } of reader.read({}))
      stored.set(String(id), new TextDecoder().decode(body ?? undefined));
    expect(acknowledged.length).toBeGreaterThan(cycles * 100);
    expect(acknowledged.filter((id) => stored.get(id) !== `body ${id}`)).toEqual([]);
    const clock = { nowMs: () => 0, monotonicUs: () => 0, after: () => () => undefined };
    await (
      await openBodyStore({ directory, key: testKey, retentionDays: null, clock, alarm: () => undefined })
    ).close();
  },
);
