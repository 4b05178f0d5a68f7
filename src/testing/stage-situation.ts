import type { Context } from "../spec/context.ts";
import type { StageName } from "../spec/decision.ts";
import type { Ports } from "../spec/ports.ts";
import type { Reply } from "../spec/reply.ts";
import type { Stage } from "../spec/stage.ts";
import { plainCall } from "./plain-call.ts";
import type { Script, ScriptedCall } from "./scripted-transport.ts";
import { createStageContext, type StageContext, type StageContextOptions } from "./stage-context.ts";
import { createStagePorts } from "./stage-ports.ts";

/** A stage under test. */
export interface StageSubject {
  readonly name: StageName;
  readonly kind: "optimisation" | "duty";
  readonly create: () => Stage;
  /** The stage that makes the call itself and asks nobody further in. */
  readonly innermost?: boolean;
  /** A request about which the stage decides nothing: it must pass as it is. */
  readonly idle: StageContextOptions;
  /** Requests about which the stage does its work, by a short name. The answer still comes from further in. */
  readonly acting: Readonly<Record<string, StageContextOptions>>;
}

/** One rule that every stage keeps. Rejects with what went wrong, and in which situation. */
export interface StageCheck {
  readonly name: string;
  readonly run: (subject: StageSubject) => Promise<void>;
}

/** One run of a stage, ready to go. */
export interface Situation {
  /** For messages. */
  readonly label: string;
  readonly context: StageContext;
  /** The contexts that were handed on. */
  readonly handedOn: readonly Context[];
  readonly calls: readonly ScriptedCall[];
  /** The caller leaves. */
  readonly leave: () => void;
  readonly run: () => Promise<Reply>;
  /** Lets `ms` of fake time pass; promises settle. */
  readonly pass: (ms: number) => Promise<void>;
}

/** What a check may ask of a situation. */
export interface SituationOptions {
  readonly stream: boolean;
  readonly script: Script;
  readonly ports?: Partial<Ports>;
  /** Freeze everything the stage is given. */
  readonly frozen?: boolean;
}

/** The idle situation and all in which the stage acts. */
export function situationsOf(subject: StageSubject, options: SituationOptions): readonly Situation[] {
  const acting = Object.entries(subject.acting).map(([label, request]) => prepare(subject, label, request, options));
  return [prepare(subject, "idle", subject.idle, options), ...acting];
}

/** Builds one situation around a new instance of the stage. */
export function prepare(
  subject: StageSubject,
  label: string,
  request: StageContextOptions,
  { stream, script, ports: changedPorts = {}, frozen = false }: SituationOptions,
): Situation {
  const ports = createStagePorts(changedPorts);
  ports.transport.script = () => script;
  const controller = new AbortController();
  const body = { ...request.body, ...(stream ? { stream: true } : {}) };
  const { dialect = "openai-chat" } = request;
  const context = createStageContext({
    body,
    dialect,
    ports,
    changes: { ...request.changes, signal: controller.signal },
  });
  if (frozen) freeze(context);
  const handedOn: Context[] = [];
  const handler = subject.create().wrap((inner) => {
    handedOn.push(inner);
    return plainCall(inner);
  });
  return {
    label: `${label}, ${stream ? "streamed" : "whole"}`,
    context,
    handedOn,
    calls: ports.transport.calls,
    leave: () => controller.abort(),
    run: () => handler(context),
    pass: (ms) => ports.clock.advanceAsync(ms),
  };
}

/** Freezes what a stage could be tempted to change. Bytes cannot be frozen; the check compares them. */
function freeze(context: StageContext): void {
  const { request, caller, route, targets, edit, headers } = context;
  for (const part of [request, request.rest, caller, caller.claims, route, targets, edit, headers, context])
    Object.freeze(part);
}

/** What came of a run: its reply or its error. */
export type Outcome = { readonly reply: Reply } | { readonly error: unknown };

/** Longest fake time that a run may take to settle, in steps of 50 ms. */
const stepsMax = 1_000;

/** Runs a situation to its reply, letting time pass for those who wait. Undefined when it never settles. */
export async function settleRun(situation: Situation): Promise<Outcome | undefined> {
  const settled: { outcome?: Outcome } = {};
  const running = situation.run().then(
    (reply) => void (settled.outcome = { reply }),
    (error: unknown) => void (settled.outcome = { error }),
  );
  for (let step = 0; step < stepsMax && settled.outcome === undefined; step++) await situation.pass(50);
  if (settled.outcome !== undefined) await running;
  return settled.outcome;
}

/** Fails a check with where and what. */
export function fail(situation: Situation, what: string): never {
  throw new Error(`${situation.label}: ${what}`);
}

/** The reply of a run that has to answer. */
export async function replyOf(situation: Situation): Promise<Reply> {
  const outcome = await settleRun(situation);
  if (outcome === undefined) return fail(situation, "never answered");
  if ("error" in outcome) return fail(situation, `failed: ${String(outcome.error)}`);
  return outcome.reply;
}
