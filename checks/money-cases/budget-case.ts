import type { Budget, BudgetMeasure, Subject } from "../../src/spec/budget.ts";
import type { Caller } from "../../src/spec/caller.ts";
import type { Reply } from "../../src/spec/reply.ts";
import { FarthingError } from "../../src/kit/farthing-error.ts";
import { OutputSizes } from "../../src/policies/output-sizes.ts";
import { createMemoryLimitStore } from "../../src/stores/memory/limit-store.ts";
import { CollectingSink } from "../../src/testing/collecting-sink.ts";
import { createFakeClock } from "../../src/testing/fake-clock.ts";
import { createScriptedTransport } from "../../src/testing/scripted-transport.ts";
import { stageCaller, stageRoute } from "../../src/testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../src/testing/stage-ports.ts";
import { caseContext, scriptOf, type ProviderTurn } from "./attempt-case.ts";
import { budgetPriceDocument } from "./case-prices.ts";
import type { MoneyCase, MoneyUnderTest, PlayableCase } from "./case.ts";
import { workedPicoUsd } from "./worked-amount.ts";

/** A budget of a case: hard, in USD, over a calendar day of UTC unless said. */
export interface CaseBudget {
  readonly name: string;
  readonly subject?: Subject;
  readonly measure?: BudgetMeasure;
  /** USD worked by hand, or a count of tokens or requests. */
  readonly limit: string;
  readonly zone?: string;
  readonly outputTokensDefault?: number;
}

/** Requests sent at one moment. */
export interface BudgetStep {
  /** UTC. */
  readonly at: string;
  /** How many; `together` before any of them is answered, or one after the other. */
  readonly send: number;
  readonly how?: "together" | "then";
  readonly by?: Pick<Caller, "project"> & { readonly user?: string; readonly team?: string; readonly key?: string };
  readonly model?: string;
  /** Output limit that the caller sets; default 10. */
  readonly tokensMax?: number;
  readonly stream?: boolean;
  readonly leaves?: boolean;
  readonly bypass?: boolean;
  readonly turn: ProviderTurn;
  /** How many were served, and of the others how many were refused with which code. */
  readonly served: number;
  readonly refused?: Readonly<Record<string, number>>;
}

/** Budgets, requests, and what must be left. */
export interface BudgetCase extends MoneyCase {
  readonly budgets: readonly CaseBudget[];
  /** Processes that share the balances and take turns. Default 1. */
  readonly processes?: number;
  readonly steps: readonly BudgetStep[];
  /** What each account has spent over all days; nothing may be held any more. Accounts that spent nothing are left out. */
  readonly spent: Readonly<Record<string, string>>;
}

/** Sends everything through pipeline, admission and store. */
export function budgetCase(about: BudgetCase): PlayableCase {
  return {
    kind: "budgets",
    about,
    expected: {
      steps: about.steps.map(({ served, refused = {} }) => ({ served, refused })),
      spent: Object.fromEntries(
        Object.entries(about.spent).map(([account, amount]) => [account, amountOf(about.budgets, account, amount)]),
      ),
      held: 0n,
    },
    play: (money) => playSteps(about, money),
  };
}

function amountOf(budgets: readonly CaseBudget[], account: string, amount: string): bigint {
  const measure = budgets.find(({ name }) => account.startsWith(name))?.measure ?? "usd";
  return measure === "usd" ? workedPicoUsd(amount) : BigInt(amount);
}

function budgetOf({
  name,
  subject = {},
  measure = "usd",
  limit,
  zone = "UTC",
  outputTokensDefault,
}: CaseBudget): Budget {
  return {
    name,
    subject,
    measure,
    limit: measure === "usd" ? workedPicoUsd(limit) : BigInt(limit),
    window: { kind: "calendar", unit: "day", zone },
    mode: "hard",
    outputQuantile: 0.99,
    ...(outputTokensDefault === undefined ? {} : { outputTokensDefault }),
  };
}

async function playSteps(about: BudgetCase, money: MoneyUnderTest): Promise<unknown> {
  const clock = createFakeClock(Date.parse(about.steps[0]?.at ?? ""));
  const store = createMemoryLimitStore();
  const budgets = about.budgets.map(budgetOf);
  const rules = { budgets, outputs: new OutputSizes() };
  const admissions = Array.from({ length: about.processes ?? 1 }, (_, index) =>
    money.admission({ budgets, store, owner: `process-${index}`, clock, alarm: () => undefined }),
  );
  for (const admission of admissions) await admission.start(() => Promise.resolve([]));
  const ports = admissions.map((admission) =>
    createStagePorts({
      clock,
      transport: createScriptedTransport(clock),
      dialects: money.dialects,
      estimator: money.estimator(),
      prices: money.priceBook([budgetPriceDocument("first")]),
      budgets: admission,
    }),
  );
  const seen: unknown[] = [];
  for (const step of about.steps) {
    await clock.advanceAsync(Math.max(0, Date.parse(step.at) - clock.nowMs()));
    seen.push(await playStep(step, ports, money, rules));
  }
  const closed = Promise.all(admissions.map((admission) => admission.close()));
  await clock.advanceAsync(3_000);
  await closed;
  const balances = await store.balances(null, 0);
  const spent: Record<string, bigint> = {};
  for (const balance of balances) {
    const account = accountName(balance.account);
    if (balance.spent !== 0n) spent[account] = (spent[account] ?? 0n) + balance.spent;
  }
  return { steps: seen, spent, held: balances.reduce((sum, { held, presumed }) => sum + held + presumed, 0n) };
}

/** The budget's name and, where it has accounts of its own for some names, whose this one is. */
function accountName(id: string): string {
  const name = /^"([^"]*)"/.exec(id)?.[1] ?? id;
  const subject = (/\{.*\}$/.exec(id)?.[0] ?? "").replaceAll(/[{}"]/g, "");
  return subject === "" ? name : `${name} ${subject}`;
}

async function playStep(
  step: BudgetStep,
  processes: readonly StagePorts[],
  money: MoneyUnderTest,
  rules: Parameters<MoneyUnderTest["pipeline"]>[2],
): Promise<unknown> {
  const route = stageRoute();
  const handler = money.pipeline(route, step.bypass === true, rules);
  const outcomes: Promise<string>[] = [];
  for (let sent = 0; sent < step.send; sent++) {
    const ports = processes[sent % processes.length];
    if (ports === undefined) break;
    ports.transport.script = () => ({ delayMs: 50, ...scriptOf(step.turn, "openai-chat") });
    const context = caseContext(
      ports,
      route,
      { model: step.model ?? "plain", stream: step.stream === true },
      { max_tokens: step.tokensMax ?? 10 },
    );
    const caller = callerOf(step.by);
    const outcome = outcomeOf(
      handler({ ...context, bypass: step.bypass === true, caller }),
      ports,
      step.leaves === true,
    );
    outcomes.push(outcome);
    if (step.how === "then") await settle(ports);
  }
  for (const ports of processes) await settle(ports);
  const codes = await Promise.all(outcomes);
  const refused: Record<string, number> = {};
  for (const code of codes) if (code !== "served") refused[code] = (refused[code] ?? 0) + 1;
  return { served: codes.filter((code) => code === "served").length, refused };
}

function callerOf({ project, user, team, key }: NonNullable<BudgetStep["by"]> = {}): Caller {
  return stageCaller({
    ...(key === undefined ? {} : { keyId: key }),
    ...(project === undefined ? {} : { project }),
    claims: { tags: [], ...(user === undefined ? {} : { user }), ...(team === undefined ? {} : { team }) },
  });
}

/** Some seconds: answers, back-offs and reports to the store, and no midnight in them. */
async function settle({ clock }: StagePorts): Promise<void> {
  for (let step = 0; step < 20; step++) await clock.advanceAsync(100);
}

/** `served`, whatever the provider said, or the code of our own refusal. */
async function outcomeOf(answering: Promise<Reply>, ports: StagePorts, leaves: boolean): Promise<string> {
  try {
    const reply = await answering;
    if (reply.kind === "stream") {
      const sink = CollectingSink.open(reply, () => !leaves);
      if (leaves) void ports.clock.after(10, () => sink.control?.cancel());
    }
    return "served";
  } catch (error) {
    return FarthingError.isInstance(error) && error.code.startsWith("budget_") ? error.code : "served";
  }
}
