import { CallFailure } from "../../kit/call-failure.ts";
import { freeCost, unpricedCost } from "../../money/costs/sum-costs.ts";
import { isFinalCount, joinPartialUsage } from "../../policies/partial-usage.ts";
import type { Attempt, CallFacts } from "../../spec/attempt.ts";
import type { Context } from "../../spec/context.ts";
import type { ReasonCode } from "../../spec/decision.ts";
import type { Cost } from "../../spec/money.ts";
import type { Reply, ReplyEnd, StreamReply, StreamSink } from "../../spec/reply.ts";
import type { ResourceCall } from "../../spec/request.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import { type Usage, unknownUsage } from "../../spec/usage.ts";
import { promptBytesOf } from "../prompt-bytes.ts";
import { raiseAlarm } from "../raise-alarm.ts";
import { alarmSteppedAside } from "../step-aside.ts";

/**
 * Writes down what every call used and cost, failed ones too. Where the provider did not count and may bill, it
 * estimates; a bill is never taken for zero. Asks OpenAI streams for their usage, the one declared change of a request.
 */
export function createMeter(): Stage {
  return { name: "meter", kind: "duty", wrap: (next) => (context) => meterCall(context, next) };
}

async function meterCall(context: Context, next: Handler): Promise<Reply> {
  const metered = withStreamUsage(context);
  try {
    const reply = await next(metered);
    return reply.kind === "stream" ? meterStream(metered, reply) : { ...reply, end: meterEnd(metered, reply.end) };
  } catch (error) {
    if (error instanceof CallFailure) meterFacts(metered, error.facts);
    else journal(metered, "no call", "usage-unknown", null);
    throw error;
  }
}

/** An OpenAI stream reports its usage only when asked to; the extra chunk is taken out again on the way back. */
function withStreamUsage(context: Context): Context {
  const { request, route, targets, edit } = context;
  const { endpoint } = targets[0];
  if (!request.stream || request.streamUsage || !route.addStreamUsage || !endpoint.quirks.acceptsStreamUsage) {
    return context;
  }
  // A translated request asks for it by itself.
  if (!endpoint.dialects.includes(request.dialect)) return context;
  return { ...context, edit: { ...edit, addStreamUsage: true } };
}

function meterStream(context: Context, reply: StreamReply): StreamReply {
  return { ...reply, open: (sink) => reply.open(new MeteredSink(context, sink)) };
}

/** Passes everything on and reads the meter at the end. */
class MeteredSink implements StreamSink {
  readonly #context: Context;
  readonly #outer: StreamSink;

  constructor(context: Context, outer: StreamSink) {
    this.#context = context;
    this.#outer = outer;
  }

  chunk(bytes: Uint8Array): boolean {
    return this.#outer.chunk(bytes);
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    this.#outer.end(lastBytes, meterEnd(this.#context, end));
  }
}

function meterEnd(context: Context, end: ReplyEnd): ReplyEnd {
  if (end.call === null) {
    journal(context, "no call", "usage-unknown", null);
    return end;
  }
  const usage = meterFacts(context, end.call);
  return usage === end.usage ? end : { ...end, usage };
}

/** Adds the call's line to the attempts and says so in the journal. Returns its usage. */
function meterFacts(context: Context, facts: CallFacts): Usage {
  const { endpoint, model } = context.targets[0];
  const { usage, cost } = reckon(context, facts);
  const attempt: Attempt = {
    index: context.attemptIndex,
    endpointId: endpoint.id,
    vendor: endpoint.vendor,
    model,
    servedModel: facts.servedModel,
    outcome: facts.outcome,
    status: facts.status,
    usage,
    cost,
    startedAtMs: facts.startedAtMs,
    durationUs: facts.durationUs,
    timeToFirstByteUs: facts.timeToFirstByteUs,
    providerRequestId: facts.providerRequestId,
    providerResponseId: facts.providerResponseId,
    finishReason: facts.finishReason,
  };
  context.attempts.append(attempt);
  const decision = context.edit.addStreamUsage === true ? "add-stream-usage" : "as sent";
  journal(context, decision, reasonOf(usage), cost, facts.outcome);
  return usage;
}

/** Usage and cost of a call. Should reckoning fail, the line still stands, as a cost that nobody knows. */
function reckon(context: Context, facts: CallFacts): { readonly usage: Usage; readonly cost: Cost } {
  try {
    if (context.request.resource !== undefined) return reckonResource(context, context.request.resource, facts);
    const usage = placed(context, usageOf(context, facts));
    return { usage, cost: usage === unknownUsage ? freeCost : costOf(context, usage, facts) };
  } catch (error) {
    alarmSteppedAside(context, "meter", error);
    return { usage: facts.usage, cost: unpricedCost };
  }
}

/** A call of another resource costs what its vendor counted, or nothing where such calls are free. It is never guessed: */
function reckonResource(
  context: Context,
  resource: ResourceCall,
  facts: CallFacts,
): { readonly usage: Usage; readonly cost: Cost } {
  const { outcome } = facts;
  const usage = placed(context, facts.usage);
  const billed = resource.billed && outcome !== "refused" && outcome !== "failed-before-send";
  if (!billed) return { usage, cost: freeCost };
  if (usage.source !== "unknown") return { usage, cost: costOf(context, usage, facts) };
  raiseAlarm(context, "unpriced-model", `${context.targets[0].endpoint.vendor}/${resource.name}`);
  return { usage, cost: unpricedCost };
}

/** The usage with the region of the provider's address, where the reply tells none. */
function placed(context: Context, usage: Usage): Usage {
  const { region } = context.targets[0].endpoint;
  return region === undefined || usage.region !== undefined || usage.source === "unknown"
    ? usage
    : { ...usage, region };
}

/** What the provider counted; an estimate where it did not and may bill; {@link unknownUsage} where it bills nothing. */
function usageOf(context: Context, facts: CallFacts): Usage {
  const { ports, request, targets } = context;
  const { model } = targets[0];
  const counted = facts.usage.source !== "unknown";
  // A refused call is not billed (no provider says otherwise), and one that never left cannot be.
  if (!counted && (facts.outcome === "refused" || facts.outcome === "failed-before-send")) return unknownUsage;
  const isFinal = counted && (facts.outcome === "refused" || isFinalCount(facts));
  if (isFinal && !ports.estimator.isDue(model)) return facts.usage;
  const promptBytes = promptBytesOf(request, ports.dialects);
  if (isFinal) {
    ports.estimator.learn(model, promptBytes, facts.generatedBytes, facts.usage);
    return facts.usage;
  }
  if (facts.outcome === "complete") raiseAlarm(context, "usage-missing", `${targets[0].endpoint.id}/${model}`);
  return joinPartialUsage(facts.usage, ports.estimator.estimate(model, promptBytes, facts.generatedBytes));
}

function costOf(context: Context, usage: Usage, facts: CallFacts): Cost {
  const { endpoint, model } = context.targets[0];
  const cost = context.ports.prices.costOf(endpoint.vendor, model, usage, facts.startedAtMs);
  if (cost.state === "unpriced") raiseAlarm(context, "unpriced-model", `${endpoint.vendor}/${model}`);
  else if (cost.state === "estimated" && usage.source === "provider") {
    raiseAlarm(context, "price-estimated", `${endpoint.vendor}/${model}`);
  }
  return cost;
}

function reasonOf(usage: Usage): ReasonCode {
  if (usage.source === "provider") return "usage-reported";
  return usage.source === "estimated" ? "usage-estimated" : "usage-unknown";
}

function journal(context: Context, decision: string, reason: ReasonCode, cost: Cost | null, note?: string): void {
  const money = cost === null || cost.picoUsd === null ? {} : { picoUsd: cost.picoUsd };
  context.journal.append({ stage: "meter", decision, reason, ...money, ...(note === undefined ? {} : { note }) });
}
