import { describe, expect, it } from "vitest";
import { noCacheWishes } from "../../spec/cache-control.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply } from "../../spec/reply.ts";
import { plainAnswer } from "../../testing/plain-dialect.ts";
import { createStagePorts } from "../../testing/stage-ports.ts";
import { RefreshFlights, refreshesMax } from "../answers/refresh-flights.ts";
import { CacheRig } from "./test-exact-cache.ts";

/** A rig whose answers live 60 s and are stale for 30 s more; `refreshed` holds what was asked to be refreshed. */
function staleRig(refreshTakesMs = 0): { rig: CacheRig; refreshed: Context[] } {
  const refreshed: Context[] = [];
  const held: { rig: CacheRig | null } = { rig: null };
  const refresh = async (context: Context): Promise<void> => {
    refreshed.push(context);
    const { rig } = held;
    if (rig === null) return;
    if (refreshTakesMs > 0) await new Promise<void>((resolve) => void rig.ports.clock.after(refreshTakesMs, resolve));
    const own = rig.contextOf();
    const { journal, attempts, id, requestId } = own;
    await rig.handler({ ...context, journal, attempts, id, requestId, purpose: "refresh" }).catch(() => undefined);
  };
  const rig = new CacheRig({ staleMs: 30_000 }, createStagePorts({ refresh }));
  held.rig = rig;
  rig.counts();
  return { rig, refreshed };
}

function fails(): never {
  throw new Error("planted");
}

describe("a stale answer", () => {
  it("is served while one refresh fetches a fresh one, which then serves", async () => {
    const { rig, refreshed } = staleRig();
    expect(await rig.text()).toBe("answer 0");
    await rig.ports.clock.advanceAsync(59_999);
    expect((await rig.ask()).headers.slice(-2)).toEqual(["age", "59"]);
    await rig.ports.clock.advanceAsync(1);
    expect(await rig.text()).toBe("answer 0");
    await rig.ports.clock.advanceAsync(0);
    expect(await rig.text()).toBe("answer 1");
    expect([refreshed.length, rig.calls]).toEqual([1, 2]);
    expect(rig.reasons.toSorted()).toEqual(["hit-stale: model-a", "hit: model-a", "hit: model-a", "miss", "refresh"]);
  });

  it("starts no second refresh while one is running", async () => {
    const { rig, refreshed } = staleRig(500);
    await rig.ask();
    await rig.ports.clock.advanceAsync(60_000);
    const replies: Promise<Reply>[] = [];
    for (let count = 0; count < 50; count++) replies.push(rig.ask());
    expect(new Set((await Promise.all(replies)).map(({ origin }) => origin))).toEqual(new Set(["exact"]));
    expect([refreshed.length, rig.calls]).toEqual([1, 1]);
    await rig.ports.clock.advanceAsync(600);
    expect([await rig.text(), rig.calls]).toEqual(["answer 1", 2]);
  });

  it("is not served at its end, nor where nobody fetches a fresh one", async () => {
    const { rig, refreshed } = staleRig();
    await rig.ask();
    await rig.ports.clock.advanceAsync(90_000);
    expect([await rig.text(), refreshed.length]).toEqual(["answer 1", 0]);
    const alone = new CacheRig({ staleMs: 30_000 });
    alone.counts();
    await alone.ask();
    await alone.ports.clock.advanceAsync(60_000);
    expect([await alone.text(), alone.reasons[1]]).toEqual(["answer 1", "miss: stale"]);
  });

  it("is served again after a refresh that the provider refused, and gives no refusal its place", async () => {
    const { rig, refreshed } = staleRig();
    await rig.ask();
    await rig.ports.clock.advanceAsync(60_000);
    rig.answers({ status: 400, pieces: [new TextEncoder().encode('{"error":"no such field"}')] });
    for (let count = 0; count < 3; count++) {
      expect(await rig.text()).toBe("answer 0");
      await rig.ports.clock.advanceAsync(1_000);
    }
    expect(refreshed).toHaveLength(3);
  });

  it("is not for those who say how old an answer may be", async () => {
    const { rig } = staleRig();
    await rig.ask();
    await rig.ports.clock.advanceAsync(60_000);
    const cacheControl = { ...noCacheWishes, maxAgeMs: 3_600_000 };
    expect(await rig.text({ changes: { cacheControl } })).toBe("answer 1");
  });
});

describe("refreshes under way", () => {
  it("are bounded, and their keys are free again however they end", async () => {
    const over: (() => void)[] = [];
    const refresh = (): Promise<void> =>
      new Promise((resolve, reject) => over.push(over.length % 2 === 0 ? resolve : () => reject(new Error("planted"))));
    const rig = new CacheRig({}, createStagePorts({ refresh }));
    const flights = new RefreshFlights();
    const scope = {
      owner: rig.contextOf().caller.scope,
      isolation: "tenant",
      partition: rig.contextOf().caller.scope,
    } as const;
    const ensure = (key: number): string | null => flights.ensure(rig.contextOf(), scope, `key ${key}`);
    for (let key = 0; key < refreshesMax; key++) expect(ensure(key)).toBe("started");
    expect([ensure(7), ensure(refreshesMax), flights.size]).toEqual(["running", null, refreshesMax]);
    for (const end of over) end();
    await rig.ports.clock.advanceAsync(1);
    expect([flights.size, ensure(refreshesMax)]).toEqual([0, "started"]);
  });

  it("that fail to start leave the request a miss", async () => {
    const rig = new CacheRig({ staleMs: 30_000 }, createStagePorts({ refresh: fails }));
    rig.counts();
    await rig.ask();
    await rig.ports.clock.advanceAsync(60_000);
    expect(await rig.text()).toBe("answer 1");
  });
});

describe("what callers wish", () => {
  it.each<[string, Partial<Context["cacheControl"]>, string]>([
    ["an answer at most 10 s old", { maxAgeMs: 10_000 }, "answer 0"],
    ["one at most 9 s old", { maxAgeMs: 9_999 }, "answer 1"],
    ["one that is fresh for 50 s more", { minFreshMs: 50_000 }, "answer 0"],
    ["one that is fresh for longer", { minFreshMs: 50_001 }, "answer 1"],
    ["a fresh one", { lookUp: false }, "answer 1"],
    ["nothing", {}, "answer 0"],
  ])("%s, ten seconds after", async (_name, wishes, text) => {
    const rig = new CacheRig();
    rig.counts();
    await rig.ask();
    await rig.ports.clock.advanceAsync(10_000);
    expect(await rig.text({ changes: { cacheControl: { ...noCacheWishes, ...wishes } } })).toBe(text);
  });

  it("a shorter life of what is stored holds for everybody, a longer one for nobody", async () => {
    for (const [ttlMsMax, atMs, text] of [
      [5_000, 4_999, "answer 0"],
      [5_000, 5_000, "answer 1"],
      [600_000, 60_000, "answer 1"],
    ] as const) {
      const rig = new CacheRig();
      rig.counts();
      await rig.ask({ changes: { cacheControl: { ...noCacheWishes, ttlMsMax } } });
      await rig.ports.clock.advanceAsync(atMs);
      expect(await rig.text()).toBe(text);
    }
  });

  it("a task of shorter life gets no answer that is older than that", async () => {
    const rig = new CacheRig({ ttlMs: 3_600_000 });
    rig.counts();
    await rig.ask();
    await rig.ports.clock.advanceAsync(600_000);
    expect(await rig.text({ claims: { task: "extraction" } })).toBe("answer 0");
    expect(await rig.text({ claims: { task: "live" } })).toBe("answer 1");
    expect(await rig.text({ claims: { task: "creative" } })).toBe("answer 2");
    expect(rig.reasons.at(-1)).toBe("not-cacheable: content without a life");
  });
});

it("a stored answer that cannot be replayed is a miss, and the next one takes its place", async () => {
  const rig = new CacheRig();
  rig.answers({ pieces: [plainAnswer("hi")] });
  await rig.ask();
  for (const { answer } of rig.ports.answers.entries.values()) Object.defineProperty(answer, "status", { get: fails });
  expect([await rig.text(), rig.calls, rig.reasons[1]]).toEqual(["hi", 2, "miss: could not be replayed"]);
  expect([await rig.text(), rig.calls]).toEqual(["hi", 2]);
});
