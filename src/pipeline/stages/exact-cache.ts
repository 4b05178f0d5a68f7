import { SelfSwitch } from "../../policies/self-switch.ts";
import type { FoundAnswer } from "../../spec/answer-store.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply } from "../../spec/reply.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import { admitLookup, type Lookup } from "../answers/admit-lookup.ts";
import { judgeWorth } from "../answers/judge-worth.ts";
import { keepReply } from "../answers/keep-answer.ts";
import { RefreshFlights } from "../answers/refresh-flights.ts";
import { type Serving, serveStored } from "../answers/serve-stored.ts";
import { alarmSteppedAside, stepAside } from "../step-aside.ts";

/** What the stage remembers of a route between requests. */
interface RouteMemory {
  /** Made by the first request, which brings the route's settings. */
  selfSwitch: SelfSwitch | null;
  readonly refreshes: RefreshFlights;
}

/** One request's pass of the stage. */
interface Pass {
  readonly context: Context;
  readonly next: Handler;
  readonly selfSwitch: SelfSwitch;
  readonly refreshes: RefreshFlights;
  readonly lookup: Lookup;
  /** Monotonic time of its begin. */
  readonly startedUs: number;
}

/**
 * Answers repeats from the store, and stores what may answer one. Which request, for how long and until what happens:
 * docs/specs/answer-cache.md.
 */
export function createExactCache(): Stage {
  const memory: RouteMemory = { selfSwitch: null, refreshes: new RefreshFlights() };
  return { name: "exact-cache", kind: "optimisation", wrap: (next) => (context) => answer(context, next, memory) };
}

function answer(context: Context, next: Handler, memory: RouteMemory): Promise<Reply> {
  const { answers, clock } = context.ports;
  const startedUs = clock.monotonicUs();
  memory.selfSwitch ??= new SelfSwitch(context.route.exactCache.usefulShareMin);
  const { selfSwitch, refreshes } = memory;
  const lookup = admitLookup(context, selfSwitch);
  if (lookup === null) return next(context);
  const pass: Pass = { context, next, selfSwitch, refreshes, lookup, startedUs };
  let found: Promise<FoundAnswer> | FoundAnswer;
  try {
    found = lookup.lookUp ? answers.get(lookup.scope, lookup.key, clock.nowMs()) : ticketAlone(pass);
  } catch (error) {
    stepAside(context, "exact-cache", error);
    return next(context);
  }
  // A store in memory answers at once, and waiting for it would cost every request a turn.
  return found instanceof Promise ? goLater(pass, found) : go(pass, found);
}

/** Whoever wants a fresh answer looks nothing up, and needs to know where the owner's invalidations stand all the same. */
function ticketAlone({ context, lookup }: Pass): Promise<FoundAnswer> | FoundAnswer {
  const { answers, clock } = context.ports;
  const ticket = answers.ticketOf(lookup.scope.owner, clock.nowMs());
  if (!(ticket instanceof Promise)) return { answer: null, ticket };
  return ticket.then((known) => ({ answer: null, ticket: known }));
}

async function goLater(pass: Pass, pending: Promise<FoundAnswer>): Promise<Reply> {
  let found: FoundAnswer;
  try {
    found = await pending;
  } catch (error) {
    stepAside(pass.context, "exact-cache", error);
    return pass.next(pass.context);
  }
  return go(pass, found);
}

function go(pass: Pass, found: FoundAnswer): Promise<Reply> {
  const { context, lookup } = pass;
  const served = serve(pass, found);
  const us = context.ports.clock.monotonicUs() - pass.startedUs;
  const serving = typeof served === "string" || served === null ? null : served;
  if (lookup.lookUp) judge(pass, found, serving, us);
  if (serving !== null) {
    const note = found.answer?.model ?? "";
    context.journal.append({ stage: "exact-cache", decision: "serve", reason: serving.reason, us, note });
    return Promise.resolve(serving.reply);
  }
  const why = lookup.lookUp ? served : context.purpose === "refresh" ? null : "fresh answer asked for";
  const note = typeof why === "string" ? { note: why } : {};
  const reason = context.purpose === "refresh" ? "refresh" : "miss";
  context.journal.append({ stage: "exact-cache", decision: "call", reason, us, ...note });
  return buy(pass, found);
}

/** The stored answer as a reply, or why it is not served; null: there is none. What fails here is a miss. */
function serve({ context, lookup, refreshes }: Pass, found: FoundAnswer): Serving | string | null {
  if (found.answer === null) return null;
  try {
    return serveStored(context, lookup, found.answer, refreshes);
  } catch (error) {
    alarmSteppedAside(context, "exact-cache", error);
    return "could not be replayed";
  }
}

function judge({ context, selfSwitch, lookup }: Pass, found: FoundAnswer, serving: Serving | null, us: number): void {
  try {
    judgeWorth(context, selfSwitch, lookup, found.answer, serving, us);
  } catch (error) {
    alarmSteppedAside(context, "exact-cache", error);
  }
}

async function buy({ context, next, lookup }: Pass, { ticket }: FoundAnswer): Promise<Reply> {
  const reply = await next({ ...context, answerKey: lookup.key });
  return keepReply({ context, lookup, ticket }, reply);
}
