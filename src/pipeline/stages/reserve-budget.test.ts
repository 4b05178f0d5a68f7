import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutputSizes } from "../../policies/output-sizes.ts";
import type { Budget } from "../../spec/budget.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { Reply } from "../../spec/reply.ts";
import type { Route } from "../../spec/route.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { plainAnswer, plainStream } from "../../testing/plain-dialect.ts";
import { ScriptedBudgets, testBudget } from "../../testing/scripted-budgets.ts";
import type { Script } from "../../testing/scripted-transport.ts";
import { stageChecks } from "../../testing/stage-conformance.ts";
import {
  createStageContext,
  type StageContext,
  stageCaller,
  stageEndpoint,
  stageRoute,
  stageCache,
} from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";
import { buildPipeline } from "../order.ts";
import { createReserveBudget, type SpendingRules } from "./reserve-budget.ts";

const dollar = 1_000_000_000_000n;
/** What an answer of 10 tokens costs, by the letters of its model. */
const answerCost = (model: string): bigint => 10n * BigInt(model.length) * 1_000_000n;
const good: Script = { pieces: [plainAnswer("hello")] };
const refused: Script = { status: 503, pieces: [new TextEncoder().encode("{}")] };
const unreachable: Script = { failure: { kind: "connect", sent: false, message: "refused" } };
const silent: Script = { failure: { kind: "reset", sent: true, message: "reset" } };

function rulesOf(...budgets: readonly Budget[]): SpendingRules {
  return { budgets, outputs: new OutputSizes() };
}

interface Setting {
  readonly ports: StagePorts;
  readonly budgets: ScriptedBudgets;
  readonly context: StageContext;
  run(): Promise<Reply>;
}

/** A whole pipeline over scripted calls, with a budget of `room` pico-dollars. */
function setting(
  scripts: readonly Script[],
  {
    room = dollar,
    budget = testBudget(),
    body = {},
    route = stageRoute(),
    changes = {},
    rules = rulesOf(budget),
  }: {
    room?: bigint;
    budget?: Budget;
    body?: JsonObject;
    route?: Route;
    changes?: object;
    rules?: SpendingRules;
  } = {},
): Setting {
  const budgets = new ScriptedBudgets(room, budget);
  const ports = createStagePorts({ budgets });
  ports.transport.script = (_call, index) => scripts[index] ?? good;
  const context = createStageContext({ ports, body, changes: { route, ...changes } });
  return {
    ports,
    budgets,
    context,
    run: async () => {
      const running = buildPipeline(route, context.bypass, rules)(context);
      running.catch(() => undefined);
      for (let step = 0; step < 40; step++) await ports.clock.advanceAsync(100);
      return running;
    },
  };
}

function fail(message: string): never {
  throw new Error(message);
}

function lineOf(context: StageContext, stage = "reserve-budget"): string {
  const entry = context.journal.entries.find((line) => line.stage === stage);
  return `${entry?.reason}: ${entry?.decision}${entry?.note === undefined ? "" : ` (${entry.note})`}`;
}

describe("reserve-budget keeps the stage contract", () => {
  const budget = testBudget({ subject: { team: "counted" } });
  const counted = stageCaller({ claims: { tags: [], team: "counted" } });
  const subject = {
    name: "reserve-budget",
    kind: "duty",
    create: () => {
      const stage = createReserveBudget(rulesOf(budget));
      return {
        ...stage,
        wrap: (next: Parameters<typeof stage.wrap>[0]) => {
          const budgets = new ScriptedBudgets(dollar, budget);
          // The suite's broken budgets stay; where it has none, these stand in.
          const counting = (context: Parameters<typeof next>[0]) =>
            context.caller.claims.team === undefined || context.ports.budgets !== null
              ? context
              : { ...context, ports: { ...context.ports, budgets } };
          const handler = stage.wrap(next);
          return (context: Parameters<typeof next>[0]) => handler(counting(context));
        },
      };
    },
    idle: {},
    acting: { reserved: { changes: { caller: counted } } },
  } as const;
  it.each(stageChecks)("$name", (check) => expect(check.run(subject)).resolves.toBeUndefined());
});

describe("money", () => {
  it("is reserved before the call and settled to what the call cost", async () => {
    const { budgets, context, run } = setting([good]);
    expect((await run()).status).toBe(200);
    const [seen] = budgets.seen;
    expect(seen?.atMost.picoUsd).toBeGreaterThan(answerCost("model-a"));
    expect(seen?.settled).toEqual({ picoUsd: answerCost("model-a"), tokens: 10n });
    expect([budgets.leaked, budgets.room]).toEqual([0, dollar - answerCost("model-a")]);
    expect(lineOf(context)).toBe("reserved: reserve");
    const line = context.journal.entries.find(({ stage }) => stage === "reserve-budget");
    expect(line?.picoUsd).toBe(seen?.atMost.picoUsd);
  });

  it("of a stream is held until its end, and settled when the caller leaves in the middle", async () => {
    for (const leaves of [false, true]) {
      const { budgets, ports, run } = setting(
        [
          {
            headers: ["content-type", "text/event-stream"],
            ...(leaves ? { hangs: true } : { pieces: plainStream("hi") }),
          },
        ],
        { body: { stream: true } },
      );
      const reply = await run();
      expect(budgets.seen[0]?.endings).toBe(0);
      const sink = CollectingSink.open(reply);
      if (leaves) sink.control?.cancel();
      await ports.clock.advanceAsync(200);
      expect(sink.ends).toHaveLength(1);
      expect(budgets.leaked).toBe(0);
      expect(budgets.room).toBe(dollar - (budgets.seen[0]?.settled?.picoUsd ?? 0n));
      expect(budgets.seen[0]?.settled?.picoUsd).toBeGreaterThan(0n);
    }
  });

  it("of a stream whose caller left before it was opened is settled when it is, and of one that cannot be opened at once", async () => {
    const controller = new AbortController();
    const script: Script = { headers: ["content-type", "text/event-stream"], hangs: true };
    const { budgets, ports, run } = setting([script], {
      body: { stream: true },
      changes: { signal: controller.signal },
    });
    const reply = await run();
    controller.abort();
    CollectingSink.open(reply).control?.cancel();
    await ports.clock.advanceAsync(200);
    expect([budgets.leaked, budgets.seen.length]).toEqual([0, 1]);
    const broken = new ScriptedBudgets(dollar);
    const stage = createReserveBudget(rulesOf(broken.budget));
    const stuck: Reply = { kind: "stream", status: 200, headers: [], origin: "provider", open: () => fail("planted") };
    const context = createStageContext({ ports: createStagePorts({ budgets: broken }) });
    const answer = await stage.wrap(() => Promise.resolve(stuck))(context);
    expect(() => CollectingSink.open(answer)).toThrow("planted");
    expect([broken.leaked, broken.room]).toEqual([0, dollar]);
  });

  it("is released when nothing was bought", async () => {
    const never = stageRoute({ retry: { ...stageRoute().retry, enabled: false } });
    for (const script of [unreachable, refused]) {
      const { budgets, run } = setting([script], { route: never });
      await run().catch(() => undefined);
      expect([budgets.leaked, budgets.room, budgets.seen[0]?.settled]).toEqual([0, dollar, null]);
    }
  });

  it("is not reserved by a hit", async () => {
    const exactCache = stageCache({ enabled: true, ttlMs: 1_000_000, entryBytesMax: 10_000 });
    const { budgets, ports, run } = setting([good], { route: stageRoute({ exactCache }) });
    await run();
    const again = createStageContext({ ports, changes: { route: stageRoute({ exactCache }) } });
    await buildPipeline(stageRoute({ exactCache }), false, rulesOf(budgets.budget))(again);
    expect([ports.transport.calls.length, budgets.seen.length]).toEqual([1, 1]);
  });
});

describe("a hard budget", () => {
  it("without room refuses: nothing is sent, the row costs nothing", async () => {
    for (const bypass of [false, true]) {
      const { budgets, context, ports, run } = setting([good], { room: 5n, changes: { bypass } });
      await expect(run()).rejects.toMatchObject({
        code: "budget_exceeded",
        message: expect.stringMatching(
          /budget all is used up: <\$0.000001 of \$1.00 left, .*resets at 2026-12-01T00:00:00Z/,
        ),
      });
      expect(ports.transport.calls).toHaveLength(0);
      expect(ports.ledger.records[0]).toMatchObject({
        outcome: "error",
        status: 429,
        attempts: [],
        cost: { state: "free", picoUsd: 0n },
      });
      expect([budgets.room, lineOf(context)]).toEqual([5n, "budget: refuse (all)"]);
    }
  });

  it("refuses a model without a price, unless it is told not to; a soft one does not", async () => {
    const body = { model: "unpriced-x" };
    const { ports, context, run } = setting([good], { body });
    await expect(run()).rejects.toMatchObject({
      code: "budget_unpriced",
      message: expect.stringContaining("unpriced-x"),
    });
    expect([ports.transport.calls.length, lineOf(context)]).toEqual([0, "budget-unpriced: refuse"]);
    for (const change of [{ allowUnpriced: true }, { mode: "soft" }, { measure: "tokens" }] as const) {
      const { budgets, context: other, run: runOther } = setting([good], { body, budget: testBudget(change) });
      expect((await runOther()).status).toBe(200);
      const line = other.journal.entries.find(({ stage }) => stage === "reserve-budget");
      expect([line?.reason, line?.picoUsd]).toEqual(["reserved", undefined]);
      expect(budgets.leaked).toBe(0);
      expect(budgets.seen[0]?.settled).toEqual({ picoUsd: 0n, tokens: 10n });
    }
  });

  it("whose balances cannot be used refuses with an error of its own", async () => {
    const { budgets, ports, context, run } = setting([good]);
    budgets.isBroken = true;
    await expect(run()).rejects.toMatchObject({ code: "budget_unavailable" });
    expect([ports.transport.calls.length, lineOf(context)]).toEqual([0, "budget-unavailable: refuse (all)"]);
  });

  it("counts a call whose cost nobody knows as all that was reserved for it", async () => {
    const { budgets } = setting([good]);
    const prices = { ...createStagePorts().prices, costOf: () => ({ state: "unpriced", picoUsd: null }) as const };
    const ports = createStagePorts({ budgets, prices });
    ports.transport.script = () => good;
    await buildPipeline(stageRoute(), false, rulesOf(budgets.budget))(createStageContext({ ports }));
    expect(budgets.seen[0]?.settled?.picoUsd).toBe(budgets.seen[0]?.atMost.picoUsd);
  });

  it("leaves alone what it does not count", async () => {
    const { budgets, context, run } = setting([good], { budget: testBudget({ subject: { team: "other" } }), room: 0n });
    expect((await run()).status).toBe(200);
    expect([budgets.seen.length, lineOf(context)]).toEqual([0, "no-budget: pass"]);
  });
});

describe("a shared call", () => {
  it("whose leader is refused leaves followers of its own subject refused, and others to themselves", async () => {
    const route = stageRoute({ coalesce: { enabled: true } });
    const budgets = new ScriptedBudgets(dollar);
    budgets.isSlow = true;
    budgets.refuses = ({ user }) => user === "poor";
    const ports = createStagePorts({ budgets });
    ports.transport.script = () => good;
    const handler = buildPipeline(route, false, rulesOf(budgets.budget));
    const contexts = ["poor", "poor", "rich", "rich"].map((user) =>
      createStageContext({ ports, changes: { route, caller: stageCaller({ claims: { tags: [], user } }) } }),
    );
    const running = Promise.allSettled(contexts.map((context) => handler(context)));
    for (let step = 0; step < 10; step++) await ports.clock.advanceAsync(100);
    const ends = await running;
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "fulfilled"]);
    expect([budgets.seen.length, budgets.leaked, ports.transport.calls.length]).toEqual([2, 0, 2]);
    expect(ports.ledger.records.map(({ attempts }) => attempts.length).toSorted()).toEqual([0, 0, 1, 1]);
    expect(lineOf(contexts[2] as StageContext, "coalesce")).toBe("not-shared: call (the leader's budget refused)");
    const rich = ports.ledger.records.filter(({ claims }) => claims.user === "rich");
    expect(rich.map(({ cache, origin, cost }) => [cache, origin, cost.picoUsd])).toEqual([
      ["off", "provider", answerCost("model-a")],
      ["off", "provider", answerCost("model-a")],
    ]);
  });
});

describe("a soft budget", () => {
  it("that is over serves, says so in the journal and alarms", async () => {
    const budget = testBudget({ mode: "soft", name: "gentle" });
    const { budgets, context, ports, run } = setting([good], { budget });
    budgets.exceeded = [{ budget, id: "gentle" }];
    expect((await run()).status).toBe(200);
    expect(lineOf(context)).toBe("over-soft-budget: reserve (gentle)");
    expect(ports.alarms).toContain("budget-soft-exceeded: gentle");
  });
});

describe("a further call", () => {
  it("takes room of its own, and every call is counted", async () => {
    const { budgets, run } = setting([silent, good], {
      route: stageRoute({ retry: { ...stageRoute().retry, retryAmbiguous: true } }),
    });
    expect((await run()).status).toBe(200);
    expect([budgets.seen.length, budgets.seen[0]?.extensions, budgets.leaked]).toEqual([1, 1, 0]);
    expect(budgets.seen[0]?.settled?.picoUsd).toBeGreaterThan(answerCost("model-a"));
  });

  it("is not made when there is no room for it: the first failure stands", async () => {
    const probe = setting([good]);
    await probe.run();
    const one = probe.budgets.seen[0]?.atMost.picoUsd ?? 0n;
    const { budgets, context, ports, run } = setting([refused, good], { room: one });
    expect((await run()).status).toBe(503);
    expect([ports.transport.calls.length, budgets.leaked, budgets.room]).toEqual([1, 0, one]);
    expect(lineOf(context, "retry")).toBe("budget: give up (no money, 1 calls)");
  });

  it("of another model is admitted by that model's own budget", async () => {
    const budget = testBudget({ subject: { model: "*" } });
    const first = { endpoint: stageEndpoint("first"), model: "model-a" };
    const second = { endpoint: stageEndpoint("second"), model: "model-bb" };
    const { budgets, run } = setting([refused, good], { budget, changes: { targets: [first, second] } });
    expect((await run()).status).toBe(200);
    expect(budgets.seen.map(({ subject }) => subject.model)).toEqual(["model-a", "model-bb"]);
    expect(budgets.seen.map(({ settled }) => settled?.picoUsd)).toEqual([undefined, answerCost("model-bb")]);
    expect(budgets.leaked).toBe(0);
  });
});

describe("the bound of a call", () => {
  it("grows with the choices, and follows what was seen of the model where no limit was set", async () => {
    const one = setting([good]);
    const three = setting([good], { body: { n: 3 } });
    await Promise.all([one.run(), three.run()]);
    expect(three.budgets.seen[0]?.atMost.tokens).toBeGreaterThan(3n * 4_096n);
    const rules = rulesOf(testBudget());
    for (let answer = 0; answer < 200; answer++) rules.outputs.learn("model-a", 100);
    const learnt = setting([good], { rules });
    await learnt.run();
    const saved = (one.budgets.seen[0]?.atMost.tokens ?? 0n) - (learnt.budgets.seen[0]?.atMost.tokens ?? 0n);
    expect(Number(saved)).toBeGreaterThan(3_950);
    expect(Number(saved)).toBeLessThanOrEqual(3_996);
  });
});

it("whatever calls end like: each reservation ends once, and what is gone from the budget is what was paid", async () => {
  const script = fc.constantFrom(good, refused, unreachable, silent, {
    pieces: plainStream("hi"),
    headers: ["content-type", "text/event-stream"],
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(script, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      async (scripts, slow, ambiguous, leaves) => {
        const route = stageRoute({ retry: { ...stageRoute().retry, retryAmbiguous: ambiguous } });
        const controller = new AbortController();
        const { budgets, ports, run } = setting(scripts, { route, changes: { signal: controller.signal } });
        budgets.isSlow = slow;
        const running = run();
        if (leaves) controller.abort();
        const reply = await running.catch(() => null);
        if (reply?.kind === "stream") CollectingSink.open(reply).control?.cancel();
        await ports.clock.advanceAsync(1_000);
        const paid = ports.ledger.records[0]?.attempts.reduce((sum, { cost }) => sum + (cost.picoUsd ?? 0n), 0n) ?? 0n;
        expect([budgets.leaked, budgets.room]).toEqual([0, dollar - paid]);
        expect(ports.ledger.records).toHaveLength(1);
      },
    ),
    { numRuns: 150 },
  );
});
