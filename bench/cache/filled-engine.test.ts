import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createMemoryAnswerStore } from "../../src/stores/memory/answers/memory-answer-store.ts";
import { answerFor, chatPath, checkHolds, createFilledEngine, requestFor } from "./filled-engine.ts";
import { readPlaces } from "./stored-places.ts";

const scratch = mkdtempSync(join(tmpdir(), "farthing-bench-filled-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("every question of a filled engine is a hit with its own answer, and no other question is", async () => {
  const store = createMemoryAnswerStore({ bytesMax: 2 ** 24 });
  const engine = await createFilledEngine(store, 50, join(scratch, "all"));
  try {
    for (let index = 0; index < 50; index += 1) {
      const response = await engine.fetch(chatPath, requestFor(index));
      expect(response.headers.get("x-farthing-cache")).toBe("hit");
      expect(Buffer.from(await response.arrayBuffer())).toEqual(answerFor(index));
    }
    const other = await engine.fetch(chatPath, requestFor(50));
    expect(other.status).toBeGreaterThanOrEqual(500);
    expect(await other.text()).not.toContain("chatcmpl-");
  } finally {
    await engine.close();
  }
});

test("its places are those of its answers, each once", async () => {
  const store = createMemoryAnswerStore({ bytesMax: 2 ** 24 });
  const engine = await createFilledEngine(store, 50, join(scratch, "places"));
  await engine.close();
  const { scope, count, keyAt } = await readPlaces(store);
  const keys = Array.from({ length: count }, (_, index) => keyAt(index));
  expect(new Set(keys).size).toBe(50);
  expect(keys.filter((key) => store.get(scope, key, Date.now()).answer === null)).toEqual([]);
});

test("a store without the room for all answers is refused", async () => {
  const store = createMemoryAnswerStore({ bytesMax: 2 ** 17 });
  await expect(createFilledEngine(store, 500, join(scratch, "small"))).rejects.toThrow(/of 500 and threw out/);
  await expect(checkHolds(store, 500)).rejects.toThrow(/of 500/);
});
