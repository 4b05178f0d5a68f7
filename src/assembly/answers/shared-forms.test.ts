import { describe, expect, it } from "vitest";
import { noCacheWishes } from "../../spec/cache-control.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { Reply } from "../../spec/reply.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { stageCache } from "../../testing/stage-context.ts";
import { type Asking, chatAnswer, chatStream, createAsking, type Question } from "./test-asked.ts";

const eventStream = ["content-type", "text/event-stream"];

function sharing(normalised = false, choiceMore: JsonObject = {}): Asking {
  // The cache's settings count for the key; nothing is stored for no time at all.
  const exactCache = stageCache({ enabled: normalised, normalised, acrossDialects: normalised, ttlMs: 0 });
  const asked = createAsking({ coalesce: { enabled: true }, exactCache });
  asked.ports.transport.script = ({ body }) =>
    new TextDecoder().decode(body).includes('"stream":true')
      ? { headers: eventStream, delayMs: 50, pieces: chatStream("A coin.", choiceMore) }
      : { delayMs: 50, pieces: [chatAnswer("A coin.")] };
  return asked;
}

/** Asks all at once and reads every reply to its end. */
async function askAll({ ports, handler, contextOf }: Asking, questions: readonly Question[]): Promise<readonly Told[]> {
  const pending = questions.map((question) => handler(contextOf(question)).then(read, failed));
  await ports.clock.advanceAsync(50);
  await ports.clock.advanceAsync(100);
  return Promise.all(pending);
}

interface Told {
  readonly origin: string;
  readonly text: string;
  readonly complete: boolean;
}

function failed(error: unknown): Told {
  return { origin: (error as { code: string }).code, text: "", complete: false };
}

function read(reply: Reply): Told | Promise<Told> {
  const { origin } = reply;
  if (reply.kind === "whole") {
    return { origin, text: new TextDecoder().decode(reply.body), complete: reply.end.complete };
  }
  const sink = CollectingSink.open(reply);
  return waitFor(sink).then(() => ({ origin, text: sink.whole, complete: sink.onlyEnd.complete }));
}

async function waitFor(sink: CollectingSink): Promise<void> {
  for (let turn = 0; sink.ends.length === 0 && turn < 1_000; turn++) await Promise.resolve();
}

const whole: Question = {};
const streamed: Question = { stream: true };
const counted: Question = { stream: true, streamUsage: true };
const callsOf = ({ ports }: Asking): number => ports.transport.calls.length;

describe("1,000 requests of both modes at the same moment", () => {
  it.each([
    ["whole", whole],
    ["a stream", streamed],
  ])("make one call, when the first one is %s", async (_name, first) => {
    const asked = sharing();
    const questions = [first, ...Array.from({ length: 999 }, (_, index) => (index % 2 === 0 ? whole : streamed))];
    const told = await askAll(asked, questions);
    expect(callsOf(asked)).toBe(1);
    expect(told.filter(({ origin }) => origin === "provider")).toHaveLength(1);
    expect(told.every(({ complete }) => complete)).toBe(true);
    const ofForm = (form: Question): readonly string[] =>
      told.filter((_told, index) => questions[index] === form).map(({ text }) => text);
    for (const text of ofForm(whole)) {
      expect(JSON.parse(text)).toMatchObject({
        id: "c-1",
        choices: [{ message: { content: "A coin." }, finish_reason: "stop" }],
        usage: { total_tokens: 10 },
      });
    }
    for (const text of ofForm(streamed))
      expect([text.endsWith("data: [DONE]\n\n"), text.includes("prompt_tokens")]).toEqual([true, false]);
    const { records } = asked.ports.ledger;
    const followers = records.filter((record) => record.origin === "coalesced");
    expect(followers).toHaveLength(999);
    for (const row of followers) {
      expect(row).toMatchObject({
        attempts: [],
        cost: { state: "free" },
        outcome: "ok",
        usage: { tokens: { input: 7 } },
      });
      expect(row.savings).toEqual([{ technique: "coalesce", picoUsd: 70_000_000n, method: "measured" }]);
    }
  });

  it("and in other letters and dialects, where the route says so", async () => {
    const asked = sharing(true);
    const told = await askAll(asked, [
      whole,
      { text: "what is a  farthing" },
      { dialect: "anthropic-messages" },
      { dialect: "gemini", stream: true },
    ]);
    expect(told.map(({ origin }) => origin)).toEqual(["provider", "coalesced", "coalesced", "coalesced"]);
    expect(JSON.parse(told[2]?.text ?? "")).toMatchObject({ type: "message", content: [{ text: "A coin." }] });
    expect(told[3]?.text).toContain("usageMetadata");
  });
});

describe("what cannot be shared across forms", () => {
  it("a stream with its usage chunk is a call of its own beside one without: both flow as they come", async () => {
    const asked = sharing();
    const told = await askAll(asked, [streamed, counted, counted, streamed, whole]);
    expect(callsOf(asked)).toBe(2);
    expect(told.map(({ origin }) => origin)).toEqual(["provider", "provider", "coalesced", "coalesced", "coalesced"]);
    expect(told[2]?.text).toBe(told[1]?.text);
  });

  it("an answer that cannot be said otherwise makes one more call for each form, not one for each follower", async () => {
    const asked = sharing(false, { logprobs: { content: [{ token: "A", logprob: -1 }] } });
    const told = await askAll(asked, [streamed, ...Array.from({ length: 50 }, () => whole)]);
    expect(callsOf(asked)).toBe(2);
    expect(told.filter(({ origin }) => origin === "provider")).toHaveLength(2);
    expect(told.every(({ complete }) => complete)).toBe(true);
    const reasons = asked.ports.ledger.records.flatMap(({ journal }) => journal.map(({ note }) => note));
    expect(reasons.filter((note) => note === "cannot be said in this form")).toHaveLength(50);
  });

  it("an answer too long to be kept makes the whole ones ask for themselves", async () => {
    const asked = sharing();
    asked.ports.transport.script = ({ body }) =>
      new TextDecoder().decode(body).includes('"stream":true')
        ? { headers: eventStream, delayMs: 50, pieces: chatStream("x".repeat(10_000)) }
        : { delayMs: 50, pieces: [chatAnswer("x")] };
    const told = await askAll(asked, [streamed, whole, whole]);
    expect(told.map(({ origin }) => origin)).toEqual(["provider", "provider", "coalesced"]);
  });

  it("a refusal may be about the form, an overload is not", async () => {
    for (const [status, calls] of [
      [400, 2],
      [429, 1],
      [503, 1],
    ] as const) {
      const asked = sharing();
      asked.ports.transport.script = () => ({ status, delayMs: 50, pieces: [new TextEncoder().encode("{}")] });
      await askAll(asked, [streamed, whole, whole]);
      expect(callsOf(asked)).toBe(calls);
    }
  });
});

/** A stream whose leader has left, and a follower that wants the answer whole. */
async function leaderLeft(): Promise<{ asked: Asking; follower: AbortController; following: Promise<Told> }> {
  const asked = sharing();
  asked.ports.transport.script = () => ({ headers: eventStream, hangs: true });
  const leader = asked.handler(asked.contextOf(streamed));
  const follower = new AbortController();
  const following = asked.handler(asked.contextOf({ changes: { signal: follower.signal } })).then(read, failed);
  await asked.ports.clock.advanceAsync(1);
  CollectingSink.open(await leader).control?.cancel();
  expect(asked.ports.transport.calls[0]?.abortedAtUs).toBeNull();
  return { asked, follower, following };
}

describe("a stream that a whole request follows", () => {
  it("breaks off for both, and nobody tries again", async () => {
    const asked = sharing();
    asked.ports.transport.script = () => ({
      headers: eventStream,
      delayMs: 50,
      pieces: chatStream("A coin.").slice(0, 3),
    });
    const told = await askAll(asked, [streamed, whole]);
    expect(told.map(({ origin, complete }) => [origin, complete])).toEqual([
      ["provider", false],
      ["upstream_broken", false],
    ]);
    expect(callsOf(asked)).toBe(1);
  });

  it("goes on for it when the leader leaves", async () => {
    const { asked, following } = await leaderLeft();
    for (const piece of chatStream("A coin.")) asked.ports.transport.calls[0]?.push(piece);
    await asked.ports.clock.advanceAsync(1);
    expect(JSON.parse((await following).text)).toMatchObject({ choices: [{ message: { content: "A coin." } }] });
  });

  it("is cut when it leaves too", async () => {
    const { asked, follower, following } = await leaderLeft();
    follower.abort();
    expect(await following).toMatchObject({ origin: "client_closed" });
    expect(asked.ports.transport.calls[0]?.abortedAtUs).not.toBeNull();
  });
});

describe("who asks for a fresh answer", () => {
  it("shares with nobody, but a refresh leads and is followed", async () => {
    const fresh = { ...noCacheWishes, lookUp: false };
    const own = sharing();
    await askAll(own, [whole, { changes: { cacheControl: fresh } }]);
    expect(callsOf(own)).toBe(2);
    const refreshing = sharing();
    const refresh: Question = { changes: { cacheControl: fresh, purpose: "refresh" } };
    const told = await askAll(refreshing, [refresh, whole, streamed]);
    expect(callsOf(refreshing)).toBe(1);
    expect(told.map(({ origin }) => origin)).toEqual(["provider", "coalesced", "coalesced"]);
  });
});
