import { CallFailure } from "../kit/call-failure.ts";
import { concatBytes, sizeOf } from "../kit/concat-bytes.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { Context } from "../spec/context.ts";
import type { Reply, ReplyEnd, StreamControl, StreamSink } from "../spec/reply.ts";
import type { AbortPolicy } from "../spec/route.ts";
import type { Translation } from "../spec/translation.ts";
import type { CallControl, ProviderCall, ProviderReceiver, TransportFailure } from "../spec/transport.ts";
import { type CutReason, readFailure, silentReply } from "./call-facts.ts";
import { CallMeasure } from "./call-measure.ts";
import { journalAnswer, journalFailure } from "./journal-call.ts";
import { errorKindOf, raiseAlarm } from "./raise-alarm.ts";
import { StreamAnswer } from "./stream-answer.ts";
import { isEventStream } from "./event-stream.ts";
import { askedOf, observerOf, replyFactsOf, translatedHeaders, type Wire } from "./wire.ts";

/** Bytes a provider may send after its terminal event before it is cut. */
const bytesAfterEndMax = 16_384;
/** Longest time a timer can hold (2^31-1 milliseconds); longer ones would fire at once. */
const timerMsMax = 2_147_483_647;

/**
 * One call to a provider, from sending to its end: an answer in one piece is gathered, an SSE stream is passed on as it
 * comes. One object plays the transport's receiver, the reader's hand on the stream and the listener of the caller's
 * leaving, so that a call needs no closures.
 *
 * waiting -> whole -> over      headers of anything but a 2xx event stream, then the body's end
 * waiting -> stream -> over     headers of a 2xx event stream, then its terminal event, its end or a failure
 *
 * Over means that the outcome was handed out; the transport may still be talking (bytes after the terminal event).
 *
 * The transport, the clock and the reader call from the event loop, where an exception would end the process: nothing
 * they call throws, whatever a dialect, a transport or a stage's sink does.
 */
export class Exchange implements ProviderReceiver, StreamControl {
  readonly #context: Context;
  readonly #wire: Wire;
  readonly #dropUsageChunk: boolean;
  readonly #remark: string | null;
  readonly #measure: CallMeasure;
  #settleReply: (reply: Reply) => void = ignore;
  #settleError: (error: unknown) => void = ignore;
  #control: CallControl | null = null;
  #stopTimer: () => void = ignore;
  #cut: CutReason = null;
  #callerLeft = false;
  #drainBytesLeft = 0;
  #bytesAfterEnd = 0;
  /** A whole answer's body until now. */
  readonly #pieces: Uint8Array[] = [];
  /** A whole answer, or a failure, was handed out. */
  #settled = false;
  #stream: StreamAnswer | null = null;

  /** @param remark what the journal adds of a call in another dialect than the caller's; null for one in the same. */
  constructor(context: Context, wire: Wire, dropUsageChunk: boolean, remark: string | null) {
    this.#context = context;
    this.#wire = wire;
    this.#remark = remark;
    this.#dropUsageChunk = dropUsageChunk;
    this.#measure = new CallMeasure(context);
  }

  /**
   * Sends the call. Resolves with the whole answer, or with a stream as soon as its headers came.
   * @throws CallFailure when no answer came.
   */
  run(call: ProviderCall): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#settleReply = resolve;
      this.#settleError = reject;
      const { signal, ports, deadlineUs } = this.#context;
      signal.addEventListener("abort", this);
      const leftMs = Math.ceil((deadlineUs - this.#measure.startedAtUs) / 1_000);
      this.#stopTimer = ports.clock.after(Math.min(Math.max(leftMs, 0), timerMsMax), () => this.#abort("deadline"));
      try {
        this.#control = ports.transport.send(call, this);
        if (this.#cut !== null) this.#control.abort();
      } catch (error) {
        this.#release();
        this.#reject(error);
      }
    });
  }

  /** The caller's signal. */
  handleEvent(): void {
    this.cancel();
  }

  start(status: number, headers: readonly string[]): void {
    this.#measure.status = status;
    this.#measure.headers = headers;
    // Streams of other resources have endings of their own; they are gathered like anything else.
    const streams = this.#context.request.resource === undefined;
    if (streams && status >= 200 && status < 300 && isEventStream(headers))
      this.#guard(() => this.#startStream(status, headers));
  }

  chunk(bytes: Uint8Array): boolean {
    // Once for each piece of every stream, so no closure is made for it.
    try {
      if (this.#isOver) return this.#afterEnd(bytes);
      this.#measure.noteByte();
      if (this.#callerLeft) this.#countDrained(bytes);
      if (this.#stream !== null) return this.#stream.push(bytes);
      this.#pieces.push(bytes);
      return true;
    } catch (error) {
      this.#fail(error);
      return true;
    }
  }

  end(): void {
    this.#release();
    if (this.#isOver) return;
    this.#guard(() => {
      if (this.#stream === null) this.#endWhole();
      else this.#stream.finish();
    });
  }

  failure(failure: TransportFailure): void {
    this.#release();
    if (!this.#isOver) this.#guard(() => this.#endFailed(failure));
  }

  resume(): void {
    this.#guard(() => {
      if (this.#stream?.resume() === true) this.#control?.resume();
    });
  }

  /** The caller left: cuts the call, or reads on within the route's limits. */
  cancel(): void {
    if (this.#callerLeft) return;
    this.#callerLeft = true;
    const { abort } = this.#context.route;
    if (!this.#isOver && abort.mode === "cut") this.#abort("caller left");
    // Before the drain: a source may send on while it is being resumed, and would be told to pause for good.
    this.#guard(() => this.#stream?.ignorePace());
    if (!this.#isOver && abort.mode === "drain") this.#guard(() => this.#drain(abort));
  }

  get #isOver(): boolean {
    return this.#stream?.isOver ?? this.#settled;
  }

  /** Reads on for those who store the answer, as long and as much as the route allows. */
  #drain({ drainBytesMax, drainMsMax }: AbortPolicy): void {
    this.#drainBytesLeft = drainBytesMax;
    this.#stopTimer();
    this.#stopTimer = this.#context.ports.clock.after(drainMsMax, () => this.#abort("caller left"));
    this.#control?.resume();
  }

  #countDrained(bytes: Uint8Array): void {
    this.#drainBytesLeft -= bytes.length;
    if (this.#drainBytesLeft < 0) this.#abort("caller left");
  }

  #abort(reason: Exclude<CutReason, null>): void {
    this.#cut ??= reason;
    this.#guard(() => this.#control?.abort());
  }

  #afterEnd(bytes: Uint8Array): boolean {
    this.#bytesAfterEnd += bytes.length;
    if (this.#bytesAfterEnd > bytesAfterEndMax) this.#control?.abort();
    return true;
  }

  #startStream(status: number, headers: readonly string[]): void {
    const observer = observerOf(this.#context, this.#wire, this.#dropUsageChunk);
    this.#stream = new StreamAnswer(this.#context, this.#measure, observer);
    const told = this.#wire.translation === null ? headers : translatedHeaders(headers, "text/event-stream");
    this.#resolve({ kind: "stream", status, headers: told, origin: "provider", open: (sink) => this.#open(sink) });
  }

  #open(sink: StreamSink): StreamControl {
    this.#guard(() => {
      if (this.#stream?.open(sink) === true) this.#control?.resume();
    });
    return this;
  }

  #endWhole(): void {
    const { status, headers } = this.#measure;
    const body = concatBytes(this.#pieces);
    const isAnswer = status >= 200 && status < 300;
    const told = replyFactsOf(this.#context, this.#wire, body);
    // A whole answer's text is not measured; where the provider did not count, the body's size stands in.
    const generatedBytes = isAnswer && told.usage.source === "unknown" ? body.length : 0;
    const call = this.#measure.facts(isAnswer ? "complete" : "refused", told, generatedBytes);
    const end: ReplyEnd = { complete: isAnswer, usage: told.usage, call, reused: null, settled: null };
    if (this.#wire.translation === null)
      this.#resolve({ kind: "whole", status, headers, origin: "provider", body, end });
    else this.#endTranslated(this.#wire.translation, body, end);
  }

  /** An answer that cannot be translated was bought all the same: its facts go along with the failure. */
  #endTranslated(translation: Translation, body: Uint8Array, end: ReplyEnd): void {
    const { status, headers: received } = this.#measure;
    const headers = translatedHeaders(received, "application/json");
    const asked = askedOf(this.#context);
    try {
      const { quirks } = this.#context.targets[0].endpoint;
      const translated = end.complete
        ? translation.answer(body, asked, quirks)
        : translation.error(status, body, asked);
      const told = end.complete ? status : translation.errorStatus(status);
      this.#resolve({ kind: "whole", status: told, headers, origin: "provider", body: translated, end });
    } catch (error) {
      if (end.call === null || !FarthingError.isInstance(error)) throw error;
      const failure: TransportFailure = { kind: "protocol", sent: true, message: error.message };
      this.#reject(new CallFailure("upstream_broken", error.message, end.call, failure, error));
    }
  }

  /** No answer came, or not all of it. */
  #endFailed(failure: TransportFailure): void {
    const { status } = this.#measure;
    const reading = readFailure(failure, this.#cut, status, this.#context.targets[0].endpoint.id);
    const { outcome, code, message } = reading;
    if (this.#stream !== null) {
      this.#stream.fail(outcome, this.#cut === "caller left" ? null : new FarthingError(code, message));
      return;
    }
    const facts = this.#measure.facts(outcome, silentReply, sizeOf(this.#pieces));
    this.#reject(new CallFailure(code, message, facts, failure));
  }

  /** The answer is at hand; the stage's line of the journal is written here, so that no promise is needed for it. */
  #resolve(reply: Reply): void {
    this.#settled = true;
    journalAnswer(this.#context, reply.status, this.#remark);
    this.#settleReply(reply);
  }

  #reject(error: unknown): void {
    this.#settled = true;
    journalFailure(this.#context, error);
    this.#settleError(error);
  }

  /** A defect while reading the answer (of a dialect, of a stage outside) ends this call and harms no other. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(cause: unknown): void {
    try {
      this.#breakOff(cause);
    } catch (error) {
      this.#tell(error);
    }
    try {
      this.#control?.abort();
    } catch (error) {
      this.#tell(error);
    }
  }

  #breakOff(cause: unknown): void {
    const message = "Reading the provider's answer failed. Please report this.";
    if (this.#stream !== null || this.#settled) {
      this.#tell(cause);
      this.#stream?.breakOff(new FarthingError("internal_error", message, { cause }));
      return;
    }
    const outcome = this.#measure.status >= 400 ? "refused" : "truncated";
    const facts = this.#measure.facts(outcome, silentReply, sizeOf(this.#pieces));
    this.#reject(new CallFailure("internal_error", message, facts, { kind: "protocol", sent: true, message }, cause));
  }

  /** The caller of a stream sees no exception, so the operator is told its kind. */
  #tell(error: unknown): void {
    raiseAlarm(this.#context, "stage-stepped-aside", `call-provider: ${errorKindOf(error)}`);
  }

  /** The transport is done with this call: nothing is left to cut. */
  #release(): void {
    this.#stopTimer();
    this.#context.signal.removeEventListener("abort", this);
  }
}

function ignore(): void {
  // Stands in until the real one is known.
}
