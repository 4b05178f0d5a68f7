import { CollectingSink } from "./collecting-sink.ts";
import { plainStream, plainTerminal } from "./plain-dialect.ts";
import type { Script, ScriptedCall } from "./scripted-transport.ts";
import {
  fail,
  replyOf,
  settleRun,
  type Situation,
  situationsOf,
  type StageCheck,
  type StageSubject,
} from "./stage-situation.ts";

/** Upstream is cut this long after the caller left, at most. */
const cutMsMax = 100;
const eventStream: readonly string[] = ["content-type", "text/event-stream"];
const pieces = plainStream("hello");
/** Headers have come; the test sends the pieces by hand. */
const byHand: Script = { headers: eventStream, hangs: true };

/** Rules about streams and about callers that leave. */
export const streamChecks: readonly StageCheck[] = [
  { name: "leaving reaches the bottom", run: leavingReachesTheBottom },
  { name: "a stream is not buffered", run: notBuffered },
  { name: "backpressure passes through", run: backpressurePasses },
  { name: "a stream ends exactly once", run: endsOnce },
  { name: "last bytes come with the end", run: lastBytesComeLast },
];

async function leavingReachesTheBottom(subject: StageSubject): Promise<void> {
  const silent: Script = { delayMs: 1_000_000 };
  const halfWhole: Script = { pieces: [new TextEncoder().encode("{")], hangs: true };
  for (const script of [silent, halfWhole]) {
    for (const situation of situationsOf(subject, { stream: false, script })) {
      const running = situation.run().then(
        () => undefined,
        () => undefined,
      );
      await situation.pass(1);
      const leftAtUs = situation.context.ports.clock.monotonicUs();
      situation.leave();
      await situation.pass(cutMsMax);
      checkCut(situation, leftAtUs);
      await running;
    }
  }
  for (const situation of situationsOf(subject, { stream: true, script: byHand })) {
    const { sink, call } = await openByHand(situation);
    call.push(pieces[0] ?? new Uint8Array(0));
    const leftAtUs = situation.context.ports.clock.monotonicUs();
    sink.control?.cancel();
    await situation.pass(cutMsMax);
    checkCut(situation, leftAtUs);
    if (sink.ends.length !== 1) fail(situation, `${sink.ends.length} ends after the caller left`);
    if (sink.onlyEnd.complete) fail(situation, "a cut answer is told to be complete");
  }
}

function checkCut(situation: Situation, leftAtUs: number): void {
  const abortedAtUs = situation.calls[0]?.abortedAtUs ?? null;
  if (abortedAtUs === null) fail(situation, "the call was never cut");
  else if (abortedAtUs - leftAtUs > cutMsMax * 1_000) fail(situation, `cut after ${abortedAtUs - leftAtUs} us`);
}

async function notBuffered(subject: StageSubject): Promise<void> {
  for (const situation of situationsOf(subject, { stream: true, script: byHand })) {
    const { sink, call } = await openByHand(situation);
    let sent = "";
    for (const piece of pieces.slice(0, -1)) {
      call.push(piece);
      await situation.pass(0);
      sent += new TextDecoder().decode(piece);
      if (sink.text !== sent) fail(situation, "a piece went in and did not come out before the next");
    }
  }
}

async function backpressurePasses(subject: StageSubject): Promise<void> {
  for (const situation of situationsOf(subject, { stream: true, script: byHand })) {
    const { sink, call } = await openByHand(situation);
    let takes = false;
    sink.takesMore = () => takes;
    const [first, second] = pieces;
    if (first === undefined || second === undefined) throw new Error("the plain stream is too short");
    if (call.push(first)) fail(situation, "the source was not asked to pause");
    takes = true;
    const resumes = call.resumes;
    sink.control?.resume();
    await situation.pass(1);
    if (call.resumes === resumes) fail(situation, "the source was not asked to go on");
    if (!call.push(second)) fail(situation, "the source was asked to pause though the reader takes more");
    if (sink.text !== new TextDecoder().decode(first) + new TextDecoder().decode(second))
      fail(situation, "bytes got lost");
  }
}

async function endsOnce(subject: StageSubject): Promise<void> {
  const endings: Readonly<Record<string, (sink: CollectingSink, call: ScriptedCall) => void>> = {
    "after its terminal event": (_sink, call) => call.push(pieces.at(-1) ?? new Uint8Array(0)),
    "cut off": (_sink, call) => call.finish(),
    reset: (_sink, call) => call.finish({ kind: "reset", sent: true, message: "reset" }),
    "left twice": (sink) => {
      sink.control?.cancel();
      sink.control?.cancel();
    },
    "left while paused": (sink, call) => {
      sink.takesMore = () => false;
      call.push(pieces[1] ?? new Uint8Array(0));
      sink.control?.cancel();
    },
    "left after the end": (sink, call) => {
      call.push(pieces.at(-1) ?? new Uint8Array(0));
      call.finish();
      sink.control?.cancel();
      sink.control?.resume();
    },
  };
  for (const [name, end] of Object.entries(endings)) {
    for (const situation of situationsOf(subject, { stream: true, script: byHand })) {
      const { sink, call } = await openByHand(situation);
      call.push(pieces[0] ?? new Uint8Array(0));
      end(sink, call);
      await situation.pass(1_000);
      if (sink.ends.length !== 1) fail(situation, `${name}: ${sink.ends.length} ends`);
      if (sink.chunksAfterEnd > 0) fail(situation, `${name}: bytes after the end`);
    }
  }
}

async function lastBytesComeLast(subject: StageSubject): Promise<void> {
  for (const situation of situationsOf(subject, { stream: true, script: { headers: eventStream, pieces } })) {
    const sink = CollectingSink.open(await replyOf(situation));
    await situation.pass(1);
    if (sink.text.includes(plainTerminal)) fail(situation, "the terminal event left before the end");
    if (sink.lastText !== plainTerminal) fail(situation, `last bytes: ${JSON.stringify(sink.lastText)}`);
  }
  const cutOff: Script = { headers: eventStream, pieces: pieces.slice(0, 2) };
  for (const situation of situationsOf(subject, { stream: true, script: cutOff })) {
    const sink = CollectingSink.open(await replyOf(situation));
    await situation.pass(1);
    if (sink.whole.includes(plainTerminal)) fail(situation, "a cut answer got a terminal event");
    if (sink.onlyEnd.complete) fail(situation, "a cut answer is told to be complete");
  }
}

async function openByHand(situation: Situation): Promise<{ sink: CollectingSink; call: ScriptedCall }> {
  const outcome = await settleRun(situation);
  if (outcome === undefined || "error" in outcome) return fail(situation, "no stream came");
  const sink = CollectingSink.open(outcome.reply);
  await situation.pass(0);
  const [call] = situation.calls;
  return call === undefined ? fail(situation, "no call was made") : { sink, call };
}
