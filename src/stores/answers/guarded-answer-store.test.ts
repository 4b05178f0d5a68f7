import { describe, expect, test } from "vitest";
import type { AnswerStore, FoundAnswer } from "../../spec/answer-store.ts";
import type { Scope } from "../../spec/caller.ts";
import { answerStoreConformance } from "../../testing/answer-store-conformance.ts";
import { told } from "../../testing/answer-store-probes.ts";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { MapAnswerStore } from "../../testing/map-answer-store.ts";
import { sampleAnswer, sampleScope, sampleStoredAtMs as nowMs } from "../../testing/sample-answer.ts";
import { createMemoryAnswerStore } from "../memory/answers/memory-answer-store.ts";
import { createGuardedAnswerStore, type GuardedAnswerStore } from "./guarded-answer-store.ts";
import { createTieredAnswerStore } from "./tiered-answer-store.ts";

const scope = sampleScope("owner");
const owner = "owner" as Scope;
const nothing: FoundAnswer = { answer: null, ticket: null };

/** Waits so long before each answer; `Infinity` never answers, -1 fails. */
class FarStore {
  delayMs = 1;
  calls = 0;
  readonly #clock: FakeClock;
  readonly #model = new MapAnswerStore();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  asStore(): AnswerStore {
    const model = this.#model;
    return {
      get: (...call) => this.#later(() => model.get(...call)),
      getMany: (...call) => this.#later(() => model.getMany(...call)),
      ticketOf: (of) => this.#later(() => model.ticketOf(of)),
      set: (...call) => this.#later(() => model.set(...call)),
      invalidate: (...call) => this.#later(() => model.invalidate(...call)),
      purge: (...call) => this.#later(() => model.purge(...call)),
      stats: () => this.#later(() => model.stats()),
      scan: (...call) => model.scan(...call),
      close: () => model.close(),
    };
  }

  #later<Value>(call: () => Value): Promise<Value> {
    this.calls++;
    if (this.delayMs < 0)
      return Promise.reject(Object.assign(new Error("redis://:secret@host"), { code: "ECONNRESET" }));
    return new Promise((resolve) => {
      if (this.delayMs < Infinity) this.#clock.after(this.delayMs, () => resolve(call()));
    });
  }
}

interface Setting {
  readonly clock: FakeClock;
  readonly far: FarStore;
  readonly store: GuardedAnswerStore;
  readonly alarms: string[];
}

function setUp(): Setting {
  const clock = createFakeClock();
  const far = new FarStore(clock);
  const alarms: string[] = [];
  const alarm = (code: string, detail: string): void => void alarms.push(`${code}: ${detail}`);
  const store = createGuardedAnswerStore({ store: far.asStore(), clock, waitMsMax: 20, alarm });
  return { clock, far, store, alarms };
}

/** What the call gives, and how long it took on the fake clock. */
async function timed<Value>(clock: FakeClock, call: () => Value | Promise<Value>): Promise<readonly [Value, number]> {
  const startUs = clock.monotonicUs();
  let endUs = startUs;
  const value = Promise.resolve(call()).finally(() => {
    endUs = clock.monotonicUs();
  });
  value.catch(() => undefined);
  for (let ms = 0; ms < 100; ms++) await clock.advanceAsync(1);
  return [await value, (endUs - startUs) / 1_000];
}

describe("a guard before a store in memory: conformance", () => {
  answerStoreConformance(test, ({ bytesMax }) =>
    createGuardedAnswerStore({
      store: createMemoryAnswerStore({ bytesMax }),
      clock: createFakeClock(),
      waitMsMax: 20,
      alarm: () => expect.unreachable(),
    }),
  );
});

describe("a guard before a store that is well", () => {
  test("gives what the store gives", async () => {
    const { clock, store } = setUp();
    const ticket = told((await timed(clock, () => store.get(scope, "key", nowMs)))[0].ticket);
    await timed(clock, () => store.set(scope, "key", sampleAnswer(), ticket, nowMs));
    const [found, ms] = await timed(clock, () => store.get(scope, "key", nowMs));
    expect([found.answer?.model, found.ticket, ms]).toEqual(["gpt-4o-mini", ticket, 1]);
    const [many] = await timed(clock, () => store.getMany(scope, ["none", "key"], nowMs));
    expect(many.map(({ answer }) => answer?.model)).toEqual([undefined, "gpt-4o-mini"]);
    expect((await timed(clock, () => store.purge({ owner }, nowMs)))[0]).toBe(1);
    expect(store.isOpen).toBe(false);
  });

  test("waits a little for an answer that came while the process itself was held up", async () => {
    const { clock, far, store } = setUp();
    far.delayMs = 21;
    const found = store.get(scope, "key", nowMs);
    // Its clock jumps from 0 to 30 ms: the answer of 21 ms waits to be read.
    clock.advance(30);
    await clock.advanceAsync(0);
    expect(await Promise.race([found, Promise.resolve("waits")])).not.toBe("waits");
  });
});

describe("a guard before a store that never answers", () => {
  test("costs 20 ms five times, and nothing afterwards", async () => {
    const { clock, far, store, alarms } = setUp();
    far.delayMs = Infinity;
    for (let index = 0; index < 5; index++) {
      expect(await timed(clock, () => store.get(scope, "key", nowMs))).toEqual([nothing, 20]);
    }
    expect(alarms).toEqual([
      "cache-unreachable: The store of answers is left alone for a while: no answer within 20 ms.",
    ]);
    const { calls } = far;
    for (let index = 0; index < 100; index++) {
      expect(await timed(clock, () => store.get(scope, "key", nowMs))).toEqual([nothing, 0]);
      expect(await timed(clock, () => store.getMany(scope, ["a", "b"], nowMs))).toEqual([[nothing, nothing], 0]);
      await expect(store.ticketOf(owner, nowMs)).rejects.toThrow("The store of answers cannot be reached");
    }
    // Twenty seconds went by: probes after 1, 2, 4 and 8 of them, beside the requests.
    expect(far.calls - calls).toBe(4);
  });

  test("is well again when a probe is answered, and ignores what comes late", async () => {
    const { clock, far, store } = setUp();
    far.delayMs = 50;
    for (let index = 0; index < 5; index++) await timed(clock, () => store.get(scope, "key", nowMs));
    await clock.advanceAsync(500);
    expect(store.isOpen).toBe(true);
    far.delayMs = 1;
    await clock.advanceAsync(1_000);
    expect(await timed(clock, () => store.get(scope, "key", nowMs))).toEqual([nothing, 0]);
    expect(store.isOpen).toBe(false);
    const [found, ms] = await timed(clock, () => store.get(scope, "key", nowMs));
    expect([found.ticket?.sequence, ms]).toEqual([0, 1]);
  });

  test("bounds the writes on their way, drops the rest and holds nobody up", async () => {
    const { clock, far, store } = setUp();
    const ticket = await timed(clock, () => store.ticketOf(owner, nowMs)).then(([value]) => value);
    far.delayMs = Infinity;
    const { calls } = far;
    const write = (): unknown => store.set(scope, "key", sampleAnswer(), ticket, nowMs);
    for (let index = 0; index < 3_000; index++) write();
    expect(far.calls - calls).toBe(2_048);
    expect(store.droppedWrites).toBe(952);
    await clock.advanceAsync(4_999);
    write();
    expect([far.calls - calls, store.isOpen]).toEqual([2_048, false]);
    await clock.advanceAsync(1);
    write();
    // They are given up, which five times in a row is enough: the store is left alone.
    expect([far.calls - calls, store.isOpen, store.droppedWrites]).toEqual([2_048, true, 954]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("has room again when writes were given up, and hears nothing of them afterwards", async () => {
    const { clock, far, store } = setUp();
    const ticket = await timed(clock, () => store.ticketOf(owner, nowMs)).then(([value]) => value);
    const large = sampleAnswer({ pieces: [new Uint8Array(10 << 20)] });
    far.delayMs = 6_000;
    const late = store.set(scope, "late", large, ticket, nowMs);
    await clock.advanceAsync(5_000);
    far.delayMs = 1;
    const calls = far.calls;
    void store.set(scope, "next", large, ticket, nowMs);
    expect([far.calls - calls, store.droppedWrites]).toEqual([1, 0]);
    await clock.advanceAsync(2_000);
    await late;
    for (let index = 0; index < 3; index++) void store.set(scope, "more", large, ticket, nowMs);
    expect([far.calls - calls, store.droppedWrites, store.isOpen]).toEqual([2, 2, false]);
  });

  test("bounds the bytes of the writes on their way", async () => {
    const { clock, far, store } = setUp();
    const ticket = await timed(clock, () => store.ticketOf(owner, nowMs)).then(([value]) => value);
    far.delayMs = 10;
    const { calls } = far;
    const large = sampleAnswer({ pieces: [new Uint8Array(5 << 20)] });
    for (let index = 0; index < 5; index++) void store.set(scope, `key-${index}`, large, ticket, nowMs);
    expect([far.calls - calls, store.droppedWrites]).toEqual([3, 2]);
    await timed(clock, () => undefined);
    void store.set(scope, "later", large, ticket, nowMs);
    expect(far.calls - calls).toBe(4);
  });
});

/** A guard before a store whose writes of one transaction share its promise. */
function jointWrites(): {
  store: GuardedAnswerStore;
  begin: () => PromiseWithResolvers<void>;
  write: (bytes: number) => unknown;
} {
  let transaction = Promise.withResolvers<void>();
  const back: AnswerStore = Object.assign(new MapAnswerStore(), { set: () => transaction.promise });
  const store = createGuardedAnswerStore({
    store: back,
    clock: createFakeClock(),
    waitMsMax: 20,
    alarm: () => undefined,
  });
  const ticket = { generation: "g", sequence: 0 };
  const write = (bytes: number): unknown =>
    store.set(scope, "key", sampleAnswer({ pieces: [new Uint8Array(bytes)] }), ticket, nowMs);
  return { store, begin: () => (transaction = Promise.withResolvers()), write };
}

describe("a guard before a store that writes many at once", () => {
  test("counts the bytes of each", async () => {
    const { store, begin, write } = jointWrites();
    const first = begin();
    const written = Array.from({ length: 10 }, () => write(1 << 20));
    expect(new Set(written).size).toBe(1);
    const second = begin();
    for (let index = 0; index < 8; index++) write(1 << 20);
    expect(store.droppedWrites).toBe(2);
    first.resolve();
    await written[0];
    for (let index = 0; index < 11; index++) write(1 << 20);
    expect(store.droppedWrites).toBe(3);
    second.resolve();
  });

  test("takes the failure of a transaction as one, and leaves the store alone after five", async () => {
    const { store, begin, write } = jointWrites();
    for (let failed = 0; failed < 5; failed++) {
      expect(store.isOpen).toBe(false);
      const transaction = begin();
      const written = Array.from({ length: 20 }, () => write(1));
      transaction.reject(new Error("disk full"));
      await Promise.all(written);
    }
    expect(store.isOpen).toBe(true);
  });
});

describe("a guard before a store that fails", () => {
  test("gives nothing, tells an operator why without an address, and passes commands on", async () => {
    const { clock, far, store, alarms } = setUp();
    far.delayMs = -1;
    for (let index = 0; index < 7; index++) {
      expect(await timed(clock, () => store.get(scope, "key", nowMs))).toEqual([nothing, 0]);
    }
    expect(alarms).toEqual(["cache-unreachable: The store of answers is left alone for a while: ECONNRESET."]);
    const isClear = { code: "cache_unavailable", message: expect.not.stringContaining("secret") };
    await expect(store.invalidate(owner, "tag:x", nowMs)).rejects.toMatchObject(isClear);
    await expect(store.purge({ owner }, nowMs)).rejects.toMatchObject(isClear);
    far.delayMs = 1;
    expect((await timed(clock, () => store.purge({ owner }, nowMs)))[0]).toBe(0);
  });

  test("does not let a command hang for ever", async () => {
    const { clock, far, store } = setUp();
    far.delayMs = Infinity;
    const purged = Promise.allSettled([store.purge({}, nowMs)]);
    await clock.advanceAsync(60_000);
    expect((await purged)[0]).toMatchObject({ status: "rejected", reason: { code: "cache_unavailable" } });
  });

  test("with a tier in front of it, too, nobody gets what may have been forgotten", async () => {
    const { clock, far, store } = setUp();
    const tier = createTieredAnswerStore({ bytesMax: 1 << 20, back: store });
    const ticket = await timed(clock, () => tier.ticketOf(owner, nowMs)).then(([value]) => value);
    await timed(clock, () => tier.set(scope, "key", sampleAnswer(), ticket, nowMs));
    far.delayMs = Infinity;
    expect(await timed(clock, () => tier.get(scope, "key", nowMs))).toEqual([nothing, 20]);
    for (let index = 0; index < 4; index++) await timed(clock, () => tier.get(scope, "key", nowMs));
    expect(await timed(clock, () => tier.get(scope, "key", nowMs))).toEqual([nothing, 0]);
  });
});
