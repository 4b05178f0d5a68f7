import { describe, expect, it } from "vitest";
import type { Context } from "../../spec/context.ts";
import type { RequestRecord } from "../../spec/ledger.ts";
import { plainAnswer } from "../../testing/plain-dialect.ts";
import { createStagePorts } from "../../testing/stage-ports.ts";
import { refreshLabel } from "../settle-record.ts";
import { CacheRig } from "./test-exact-cache.ts";

/** Ten tokens of a model with seven letters. */
const answerPicoUsd = 10n * 7n * 1_000_000n;
/** $0.04 an hour for 900 us: 40e9 * 900 / 3.6e9. */
const lookupPicoUsd = 10_000n;

/** A rig whose lookups take 900 us. */
function slowRig(cache = {}, changes = {}): CacheRig {
  const rig = new CacheRig(cache, createStagePorts(changes));
  const { get } = rig.ports.answers;
  rig.ports.answers.get = (...question) => {
    rig.ports.clock.advance(0.9);
    return get.apply(rig.ports.answers, question);
  };
  return rig;
}

function moneyOf(row: RequestRecord | undefined): readonly [bigint, bigint, readonly (readonly [string, bigint])[]] {
  if (row === undefined) throw new Error("no row");
  const { baseline, cost, savings } = row;
  const lines = savings.map(({ technique, picoUsd }) => [technique, picoUsd] as const);
  const sum = lines.reduce((total, [, picoUsd]) => total + picoUsd, 0n);
  expect(sum).toBe((baseline.picoUsd ?? 0n) - (cost.picoUsd ?? 0n));
  return [baseline.picoUsd ?? -1n, cost.picoUsd ?? -1n, lines];
}

describe("the money of a row", () => {
  it("a hit costs its lookup and saves the rest; a miss costs what was bought", async () => {
    const rig = slowRig();
    await rig.ask();
    await rig.ask();
    expect(moneyOf(rig.rows[0])).toEqual([answerPicoUsd, answerPicoUsd, []]);
    expect(moneyOf(rig.rows[1])).toEqual([
      answerPicoUsd,
      lookupPicoUsd,
      [["exact-cache", answerPicoUsd - lookupPicoUsd]],
    ]);
    expect(rig.rows[1]).toMatchObject({ cost: { state: "priced" }, attempts: [] });
    expect(rig.rows.map(({ journal }) => journal[0]?.us)).toEqual([900, 900]);
  });

  it("a hit on an answer that is worth less than its lookup is a loss", async () => {
    const rig = slowRig({}, { cpuHourPicoUsd: 400_000_000_000_000n });
    await rig.ask();
    await rig.ask();
    expect(moneyOf(rig.rows[1])).toEqual([answerPicoUsd, 100_000_000n, [["exact-cache", -30_000_000n]]]);
  });

  it("a hit on an answer without a price has a known cost and no savings", async () => {
    const rig = slowRig();
    await rig.ask({ body: { model: "unpriced-x" } });
    await rig.ask({ body: { model: "unpriced-x" } });
    expect(rig.rows[1]).toMatchObject({
      cost: { picoUsd: lookupPicoUsd },
      baseline: { state: "unpriced" },
      savings: [],
    });
  });

  it("a refusal that is given again saves nothing and costs its lookup", async () => {
    const rig = slowRig();
    rig.answers({ status: 400, pieces: [new TextEncoder().encode('{"error":"no such field"}')] });
    await rig.ask();
    await rig.ask();
    expect(moneyOf(rig.rows[1])).toEqual([0n, lookupPicoUsd, [["exact-cache", -lookupPicoUsd]]]);
    expect(rig.rows[1]).toMatchObject({ cache: "hit", origin: "exact" });
  });

  it("a refresh is the cache's expense, under a label of its own", async () => {
    const held: { rig: CacheRig | null } = { rig: null };
    const refresh = async (context: Context): Promise<void> => {
      const own = held.rig?.contextOf();
      if (own === undefined) return;
      const { journal, attempts, id, requestId } = own;
      await held.rig?.handler({ ...context, journal, attempts, id, requestId, purpose: "refresh" });
    };
    const rig = slowRig({ staleMs: 60_000 }, { refresh });
    held.rig = rig;
    await rig.ask({ claims: { tags: ["web"] } });
    await rig.ports.clock.advanceAsync(60_000);
    await rig.ask({ claims: { tags: ["web"] } });
    await rig.ports.clock.advanceAsync(1);
    const row = rig.rows.find(({ claims }) => claims.tags.includes(refreshLabel));
    expect(moneyOf(row)).toEqual([0n, answerPicoUsd, [["exact-cache", -answerPicoUsd]]]);
    expect(row).toMatchObject({ cache: "off", claims: { tags: ["web", refreshLabel] }, origin: "provider" });
    const stale = rig.rows.find(({ journal }) => journal[0]?.reason === "hit-stale");
    expect(moneyOf(stale)[2]).toEqual([["exact-cache", answerPicoUsd - lookupPicoUsd]]);
    const all = rig.rows.map((each) => moneyOf(each));
    const saved = all.flatMap(([, , lines]) => lines).reduce((sum, [, picoUsd]) => sum + picoUsd, 0n);
    expect(saved).toBe(all.reduce((sum, [baseline, cost]) => sum + baseline - cost, 0n));
  });
});

describe("a cache that is not worth it", () => {
  it("switches itself off, says so once, keeps nothing meanwhile, tries again, and says that it is back", async () => {
    const rig = slowRig({ entryBytesMax: 10_000, usefulShareMin: 0.15 });
    const ask = (index: number): Promise<unknown> => rig.ask({ body: { text: `question ${index}` } });
    for (let index = 0; index < 1_200; index++) {
      await ask(index);
      await rig.ports.clock.advanceAsync(200);
    }
    expect(rig.ports.alarms).toEqual([expect.stringMatching(/^cache-switched-off: default: /)]);
    expect(rig.reasons.at(-1)).toBe("switched-off");
    expect(rig.rows.at(-1)?.cache).toBe("off");
    const kept = rig.ports.answers.entries.size;
    await ask(5_000);
    expect(rig.ports.answers.entries.size).toBe(kept);
    await rig.ports.clock.advanceAsync(3 * 3_600_000);
    await ask(6_000);
    expect(rig.reasons.at(-1)).toBe("miss");
    for (let index = 0; index < 600; index++) {
      await ask(index % 5);
      await rig.ports.clock.advanceAsync(200);
    }
    expect(rig.ports.alarms.slice(1)).toEqual([expect.stringMatching(/^cache-switched-on: default: /)]);
  });

  it("stays on where it answers", async () => {
    const rig = slowRig();
    for (let index = 0; index < 1_200; index++) {
      await rig.ask({ body: { text: `question ${index % 5}` } });
      await rig.ports.clock.advanceAsync(200);
    }
    expect(rig.ports.alarms).toEqual([]);
    expect(rig.rows.filter(({ cache }) => cache === "hit").length).toBeGreaterThan(1_000);
  });
});

it("a normalised hit says so in its origin, and its saving is modelled", async () => {
  const rig = new CacheRig({ normalised: true });
  rig.answers({ pieces: [plainAnswer("hi")] });
  await rig.ask();
  for (const { answer } of rig.ports.answers.entries.values()) Object.assign(answer, { asked: "another spelling" });
  expect((await rig.ask()).origin).toBe("normalised");
  expect(rig.rows[1]).toMatchObject({ origin: "normalised", cache: "hit", savings: [{ method: "modelled" }] });
  expect(rig.reasons[1]).toBe("hit-normalised: model-a");
});
