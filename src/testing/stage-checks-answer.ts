import { FarthingError } from "../kit/farthing-error.ts";
import type { Context } from "../spec/context.ts";
import type { AnswerStore } from "../spec/answer-store.ts";
import type { Ports } from "../spec/ports.ts";
import type { Reply, WholeReply } from "../spec/reply.ts";
import { CollectingSink } from "./collecting-sink.ts";
import { ListBodyStore } from "./list-body-store.ts";
import { MapAnswerStore } from "./map-answer-store.ts";
import { createPlainDialect, plainAnswer, plainStream } from "./plain-dialect.ts";
import { plainDialects } from "./stage-ports.ts";
import type { Script } from "./scripted-transport.ts";
import {
  fail,
  prepare,
  replyOf,
  settleRun,
  type Situation,
  situationsOf,
  type StageCheck,
  type StageSubject,
} from "./stage-situation.ts";

const whole: Script = {
  headers: ["content-type", "application/json", "x-request-id", "up-1"],
  pieces: [plainAnswer("hello")],
};
const streamed: Script = { headers: ["content-type", "text/event-stream"], pieces: plainStream("hello") };
const refusal = new TextEncoder().encode('{"error":{"message":"No such model: café"}}');
const refused: Script = {
  status: 404,
  headers: ["content-type", "application/json", "x-odd", "kept"],
  pieces: [refusal],
};

/** Rules about what a stage does to a request and its answer. */
export const answerChecks: readonly StageCheck[] = [
  { name: "a stage that decides nothing changes nothing", run: changesNothing },
  { name: "streamed equals whole", run: streamedEqualsWhole },
  { name: "upstream errors pass unmodified", run: errorsPass },
  { name: "exactly one journal entry a pass", run: oneEntry },
  { name: "what is changed is journaled", run: changesAreJournaled },
  { name: "the context is never changed", run: contextStays },
  { name: "its own failure steps aside or refuses clearly", run: ownFailure },
];

async function wholeReplyOf(situation: Situation): Promise<WholeReply> {
  const reply = await replyOf(situation);
  return reply.kind === "whole" ? reply : fail(situation, "a whole answer became a stream");
}

async function changesNothing(subject: StageSubject): Promise<void> {
  const situation = prepare(subject, "idle", subject.idle, { stream: false, script: whole });
  const reply = await wholeReplyOf(situation);
  if (!sameBytes(reply.body, plainAnswer("hello"))) fail(situation, "the answer's bytes changed");
  if (reply.status !== 200 || reply.headers !== whole.headers) fail(situation, "status or headers changed");
  if (situation.calls[0]?.call.body !== situation.context.rawBody)
    fail(situation, "the caller's bytes did not go upstream");
  const [first] = situation.handedOn;
  if (subject.innermost !== true && first !== situation.context) fail(situation, "handed on another context");
}

async function streamedEqualsWhole(subject: StageSubject): Promise<void> {
  const wholes = situationsOf(subject, { stream: false, script: whole });
  const streams = situationsOf(subject, { stream: true, script: streamed });
  for (const [index, situation] of wholes.entries()) {
    const stream = streams[index] ?? situation;
    const inOnePiece = await wholeReplyOf(situation);
    const sink = CollectingSink.open(await replyOf(stream));
    await stream.pass(1);
    if (sink.whole !== joined(streamed.pieces ?? [])) fail(stream, "the stream's bytes changed");
    if (new TextDecoder().decode(inOnePiece.body) !== joined(whole.pieces ?? []))
      fail(situation, "the answer's bytes changed");
    const { onlyEnd } = sink;
    if (!onlyEnd.complete || !inOnePiece.end.complete) fail(stream, "a complete answer is told to be incomplete");
    const usages = [onlyEnd.usage, inOnePiece.end.usage].map((usage) => JSON.stringify(usage));
    if (usages[0] !== usages[1]) fail(stream, `usage differs: ${usages.join(" and ")}`);
  }
}

async function errorsPass(subject: StageSubject): Promise<void> {
  for (const stream of [false, true]) {
    for (const situation of situationsOf(subject, { stream, script: refused })) {
      const reply = await wholeReplyOf(situation);
      if (reply.status !== 404 || reply.headers !== refused.headers) fail(situation, "status or headers changed");
      if (!sameBytes(reply.body, refusal)) fail(situation, "the error's bytes changed");
    }
  }
}

async function oneEntry(subject: StageSubject): Promise<void> {
  const unreachable: Script = { failure: { kind: "connect", sent: false, message: "refused" } };
  for (const script of [whole, streamed, refused, unreachable]) {
    for (const situation of situationsOf(subject, { stream: script === streamed, script })) {
      const outcome = await settleRun(situation);
      if (outcome !== undefined && "reply" in outcome && outcome.reply.kind === "stream") {
        CollectingSink.open(outcome.reply);
        await situation.pass(1);
      }
      const names = situation.context.journal.entries.map((entry) => entry.stage);
      const expected = subject.innermost === true ? situation.calls.length : 1;
      if (names.length !== expected || names.some((name) => name !== subject.name)) {
        fail(situation, `journal: ${names.join(", ") || "nothing"}`);
      }
    }
  }
}

async function changesAreJournaled(subject: StageSubject): Promise<void> {
  for (const script of [whole, streamed]) {
    for (const situation of situationsOf(subject, { stream: script === streamed, script })) {
      const reply = await replyOf(situation);
      if (reply.kind === "stream") CollectingSink.open(reply);
      await situation.pass(1);
      const told = situation.context.journal.entries.map((entry) => entry.decision).join(" ");
      for (const changed of situation.handedOn.flatMap((handed) => changesOf(situation.context, handed))) {
        if (!told.includes(changed)) fail(situation, `the journal does not tell of ${changed}: ${told || "nothing"}`);
      }
    }
  }
}

/** Words that a journal has to hold when a stage handed on another target or another edit. */
function changesOf(before: Context, after: Context): readonly string[] {
  const words: string[] = [];
  if (after.targets[0].model !== before.targets[0].model) words.push(after.targets[0].model);
  if (after.targets[0].endpoint !== before.targets[0].endpoint) words.push(after.targets[0].endpoint.id);
  if (after.edit.model !== before.edit.model) words.push(String(after.edit.model));
  if (after.edit.addStreamUsage !== before.edit.addStreamUsage) words.push("add-stream-usage");
  return words;
}

async function contextStays(subject: StageSubject): Promise<void> {
  for (const script of [whole, streamed]) {
    for (const situation of situationsOf(subject, { stream: script === streamed, script, frozen: true })) {
      const bytes = situation.context.rawBody.slice();
      const reply = await replyOf(situation);
      if (reply.kind === "stream") CollectingSink.open(reply);
      if (!sameBytes(bytes, situation.context.rawBody)) fail(situation, "the caller's bytes were changed in place");
    }
  }
}

async function ownFailure(subject: StageSubject): Promise<void> {
  for (const script of [whole, streamed]) {
    for (const [name, ports] of Object.entries(brokenPorts())) {
      for (const situation of situationsOf(subject, { stream: script === streamed, script, ports })) {
        const outcome = await settleRun(situation);
        if (outcome === undefined) fail(situation, `${name}: never answered`);
        else if ("error" in outcome) {
          const clear = subject.kind === "duty" && FarthingError.isInstance(outcome.error);
          if (!clear) fail(situation, `${name}: failed the request: ${String(outcome.error)}`);
        } else await checkServed(situation, outcome.reply, name, script);
      }
    }
  }
}

async function checkServed(situation: Situation, reply: Reply, name: string, script: Script): Promise<void> {
  const expected = joined(script.pieces ?? []);
  if (reply.kind === "whole") {
    if (new TextDecoder().decode(reply.body) !== expected) fail(situation, `${name}: another answer`);
    return;
  }
  const sink = CollectingSink.open(reply);
  await situation.pass(1_000);
  if (sink.ends.length !== 1) fail(situation, `${name}: ${sink.ends.length} ends`);
  if (sink.whole !== expected) fail(situation, `${name}: another answer`);
}

function broken(): never {
  throw new Error("planted");
}

function rejects(): Promise<never> {
  return Promise.reject(new Error("planted"));
}

/** A store of answers of which one method fails. */
function brokenStore(failing: Partial<AnswerStore>): AnswerStore {
  return Object.assign(new MapAnswerStore(), failing);
}

/** Every port that may fail, failing; by what fails. */
function brokenPorts(): Readonly<Record<string, Partial<Ports>>> {
  const dialect = { ...createPlainDialect("openai-chat"), promptBytes: broken };
  const ledger = { append: broken, find: rejects, status: broken, close: rejects };
  return {
    "store throws on get": { answers: brokenStore({ get: broken, getMany: broken }) },
    "store rejects on get": { answers: brokenStore({ get: rejects, getMany: rejects }) },
    "store throws on set": { answers: brokenStore({ set: broken }) },
    "store rejects on set": { answers: brokenStore({ set: rejects }) },
    "digest throws": { digest: broken },
    "random throws": { random: broken },
    "estimator throws": { estimator: { isDue: () => true, learn: broken, estimate: broken } },
    "prices throw": { prices: { version: "broken", costOf: broken, worstCase: broken } },
    "budgets throw": { budgets: { admit: broken } },
    "budgets reject": { budgets: { admit: rejects } },
    "sizes throw": { dialects: plainDialects((name) => ({ ...dialect, name })) },
    "alarms throw": { alarm: broken, digest: broken },
    "observer throws": { observers: [broken] },
    "bodies reject": { bodies: Object.assign(new ListBodyStore(), { fails: "both" }) },
    "ledger throws": { ledger },
    "ledger rejects": { ledger: { ...ledger, append: rejects } },
  };
}

function joined(pieces: readonly Uint8Array[]): string {
  return pieces.map((piece) => new TextDecoder().decode(piece)).join("");
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
