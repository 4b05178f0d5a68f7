import { describe, expect, it } from "vitest";
import type { Scope } from "../../spec/caller.ts";
import type { AnswerStore } from "../../spec/answer-store.ts";
import { MapAnswerStore } from "../../testing/map-answer-store.ts";
import { HeldAnswers } from "./held-answers.ts";

const owner = "owner" as Scope;
const scope = { owner, isolation: "tenant", partition: owner } as const;

describe("a held store of answers", () => {
  it("finds nothing and gives no ticket before it is open", async () => {
    const held = new HeldAnswers(() => Promise.resolve(new MapAnswerStore()));
    expect(await held.get(scope, "key", 0)).toEqual({ answer: null, ticket: null });
    expect(await held.getMany(scope, ["a", "b"], 0)).toHaveLength(2);
    await held.close();
  });

  it("is opened once, by the first who looks into it", async () => {
    let opened = 0;
    const held = new HeldAnswers(() => {
      opened++;
      return Promise.resolve(new MapAnswerStore());
    });
    await held.invalidate(owner, "tag:a", 0);
    expect((await held.stats(0)).entries).toBe(0);
    expect(await held.ticketOf(owner, 0)).toMatchObject({ sequence: 1 });
    expect(opened).toBe(1);
    expect((await held.get(scope, "key", 0)).ticket).toMatchObject({ sequence: 1 });
  });

  it("may be opened again after it could not be", async () => {
    const opens: (() => Promise<AnswerStore>)[] = [
      () => Promise.reject(new Error("planted")),
      () => Promise.resolve(new MapAnswerStore()),
    ];
    const held = new HeldAnswers(() => opens.shift()?.() ?? Promise.reject(new Error("opened too often")));
    await expect(held.ready()).rejects.toThrow("planted");
    await held.ready();
    expect(await held.purge({}, 0)).toBe(0);
  });
});
