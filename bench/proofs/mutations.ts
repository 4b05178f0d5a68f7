import type { Result } from "../measurement.ts";
import { FarthingError } from "../../src/kit/farthing-error.ts";
import { allDialects } from "../../src/providers/dialects/all-dialects.ts";
import { saysOf } from "../../src/providers/translation/carried-fields.ts";
import { translatedDialects } from "../../src/spec/request.ts";
import { createTranslator } from "../../src/providers/translation/translator.ts";
import type { Random } from "../../src/spec/clock.ts";
import type { StreamObserver } from "../../src/spec/dialect.ts";
import type { DialectName } from "../../src/spec/request.ts";
import type { Asked } from "../../src/spec/codec.ts";
import type { Usage } from "../../src/spec/usage.ts";
import { noQuirks } from "../../src/spec/quirks.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { type Mutation, mutateReply, mutateStream } from "./mutate-bytes.ts";
import { counted, type ProofOptions } from "./proof.ts";
import { recordReplies, type RecordedReply } from "./record-replies.ts";

const translator = createTranslator(allDialects, saysOf);

/** What went wrong, counted. */
interface Faults {
  crashes: number;
  falseSuccesses: number;
  badUsages: number;
}

/**
 * Broken streams and replies of every dialect, read as they are and translated into every other dialect: nothing crashes,
 * nothing without its proper end counts as a success, no usage is negative or no number.
 */
export async function proveMutations({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const recorded = await recordReplies(seed);
  const random = createSeededRandom(seed);
  const results: Result[] = [];
  for (const dialect of translatedDialects) {
    const own = recorded.filter((reply) => reply.dialect === dialect);
    const streams = own.filter(({ stream }) => stream);
    const wholes = own.filter(({ stream }) => !stream);
    const streamRuns = quick ? 500 : 10_000;
    const wholeRuns = quick ? 200 : 2_000;
    const faults: Faults = { crashes: 0, falseSuccesses: 0, badUsages: 0 };
    repeat(streams, streamRuns, (reply) => tryStream(reply, mutateStream(reply.text, random), random, faults));
    repeat(wholes, wholeRuns, (reply) => tryWhole(reply, mutateReply(reply.text, random), faults));
    const n = streamRuns + wholeRuns;
    const none = { op: "<=", value: 0 } as const;
    results.push(counted("mutated-crashes", faults.crashes, n, none, "", { dialect }));
    results.push(counted("mutated-false-successes", faults.falseSuccesses, n, none, "", { dialect }));
    results.push(counted("mutated-bad-usages", faults.badUsages, n, none, "", { dialect }));
    // The control: what nothing was done to is a success with a usage, so that none of the above is a matter of course.
    const unread = own.filter((reply) => !readsAsSuccess(reply)).length;
    results.push(counted("unchanged-not-read", unread, own.length, none, "", { dialect }));
  }
  return results;
}

function readsAsSuccess(reply: RecordedReply): boolean {
  const bytes = new TextEncoder().encode(reply.text);
  return translatedDialects.every((caller) => {
    if (!reply.stream) {
      const translation = translator.between(caller, reply.dialect);
      const answer = translation?.answer(bytes, askedBy(caller), noQuirks) ?? bytes;
      return allDialects[caller].readReply(answer, noQuirks).usage.source === "provider";
    }
    const observer = observerFor(caller, reply.dialect);
    const pushed = observer.push(bytes).terminal !== null;
    const ended = pushed || (observer.finish?.() ?? null) !== null;
    const { errored, usage } = observer.facts();
    return ended && !errored && usage.source === "provider";
  });
}

function repeat(replies: readonly RecordedReply[], runs: number, run: (reply: RecordedReply) => void): void {
  for (let index = 0; index < runs; index += 1) {
    const reply = replies[index % replies.length];
    if (reply !== undefined) run(reply);
  }
}

function tryStream(reply: RecordedReply, mutation: Mutation, random: Random, faults: Faults): void {
  const callers = [reply.dialect, ...translatedDialects.filter((name) => name !== reply.dialect)];
  const caller = callers[Math.floor(random() * callers.length)] ?? reply.dialect;
  try {
    const observer = observerFor(caller, reply.dialect);
    let ended = false;
    for (const piece of pieces(mutation.bytes, random)) ended ||= observer.push(piece).terminal !== null;
    ended ||= (observer.finish?.() ?? null) !== null;
    const facts = observer.facts();
    if (mutation.broken && ended && !facts.errored) {
      note(faults, "falseSuccesses", reply, caller, mutation);
    }
    if (!isSound(facts.usage)) note(faults, "badUsages", reply, caller, mutation);
  } catch (error) {
    note(faults, "crashes", reply, caller, mutation, error);
  }
}

function observerFor(caller: DialectName, provider: DialectName): StreamObserver {
  const translation = translator.between(caller, provider);
  return translation === null
    ? allDialects[provider].observeStream(true, noQuirks)
    : translation.stream(askedBy(caller), noQuirks);
}

function tryWhole(reply: RecordedReply, mutation: Mutation, faults: Faults): void {
  try {
    const facts = allDialects[reply.dialect].readReply(mutation.bytes, noQuirks);
    if (!isSound(facts.usage)) note(faults, "badUsages", reply, reply.dialect, mutation);
    for (const caller of translatedDialects) {
      const translation = translator.between(caller, reply.dialect);
      if (translation === null) continue;
      const answer = answered(() => translation.answer(mutation.bytes, askedBy(caller), noQuirks));
      if (answer === null) continue;
      JSON.parse(new TextDecoder().decode(answer));
      if (mutation.broken) note(faults, "falseSuccesses", reply, caller, mutation);
      const told = allDialects[caller].readReply(answer, noQuirks);
      if (!isSound(told.usage)) note(faults, "badUsages", reply, caller, mutation);
    }
  } catch (error) {
    note(faults, "crashes", reply, reply.dialect, mutation, error);
  }
}

/** Null: refused as no answer, which is what becomes of most broken ones. */
function answered(translate: () => Uint8Array): Uint8Array | null {
  try {
    return translate();
  } catch (error) {
    if (FarthingError.isInstance(error) && error.code === "upstream_broken") return null;
    throw error;
  }
}

function askedBy(dialect: DialectName): Asked {
  const body = { model: "m", messages: [], input: "", contents: [], max_tokens: 9, stream: true };
  const request = allDialects[dialect].readRequest(body, 0, { model: "m", stream: true });
  return { request, requestId: "fr_test", nowS: 1_760_000_000 };
}

function isSound({ tokens }: Usage): boolean {
  return Object.values(tokens).every((count) => Number.isSafeInteger(count) && count >= 0);
}

function* pieces(bytes: Uint8Array, random: Random): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + Math.floor(random() * 400);
    yield bytes.subarray(at, end);
    at = end;
  }
}

const shownMax = 5;
let shown = 0;

function note(
  faults: Faults,
  kind: keyof Faults,
  { dialect }: RecordedReply,
  caller: DialectName,
  { bytes }: Mutation,
  error: unknown = "",
): void {
  faults[kind] += 1;
  if (++shown > shownMax) return;
  const text = new TextDecoder().decode(bytes).slice(-600);
  const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${kind} ${dialect} > ${caller}: ${why}\n${text}\n\n`);
}
