import { CallFailure } from "../kit/call-failure.ts";
import { concatBytes } from "../kit/concat-bytes.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { headerOf } from "../kit/header-list.ts";
import { renderedErrorOf } from "../kit/rendered-error.ts";
import type { AttemptOutcome, CallFacts } from "../spec/attempt.ts";
import type { Context } from "../spec/context.ts";
import type { Dialect, ReplyFacts, StreamFacts, StreamObserver } from "../spec/dialect.ts";
import type { Reply, ReplyEnd, StreamControl, StreamSink } from "../spec/reply.ts";
import type { CallControl, ProviderCall, ProviderReceiver, TransportFailure } from "../spec/transport.ts";
import { callFactsOf, type CutReason, readFailure, silentReply } from "./call-facts.ts";
import { StreamOutlet } from "./stream-outlet.ts";

/** Bytes a provider may send after its terminal event before it is cut. */
const bytesAfterEndMax = 16_384;
/** Longest time a timer can hold (2^31-1 milliseconds); longer ones would fire at once. */
const timerMsMax = 2_147_483_647;
const noBytes = new Uint8Array(0);

/**
 * One call to a provider, from sending to its end: an answer in one piece is gathered, an SSE stream is passed on as it
 * comes. One object plays the transport's receiver, the reader's hand on the stream and the listener of the caller's
 * leaving, so that a call needs no closures.
 *
 * waiting -> whole -> over      headers of anything but a 2xx event stream, then the body's end
 * waiting -> stream -> over     headers of a 2xx event stream, then its terminal event, its end or a failure
 *
 * Over means that the outcome was handed out; the transport may still be talking (bytes after the terminal event).
 */
export class Exchange implements ProviderReceiver, StreamControl {
  readonly #context: Context;
  readonly #dialect: Dialect;
  readonly #dropUsageChunk: boolean;
  readonly #startedAtMs: number;
  readonly #startedAtUs: number;
  #state: "waiting" | "whole" | "stream" | "over" = "waiting";
  #settleReply: (reply: Reply) => void = ignore;
  #settleError: (error: FarthingError) => void = ignore;
  #control: CallControl | null = null;
  #stopTimer: () => void = ignore;
  #cut: CutReason = null;
  #callerLeft = false;
  #drainBytesLeft = 0;
  #status = 0;
  #headers: readonly string[] = [];
  #firstByteAtUs: number | null = null;
  #bytesAfterEnd = 0;
  /** A whole answer's body until now. */
  readonly #pieces: Uint8Array[] = [];
  #observer: StreamObserver | null = null;
  readonly #outlet: StreamOutlet = new StreamOutlet();

  constructor(context: Context, dropUsageChunk: boolean) {
    this.#context = context;
    this.#dialect = context.ports.dialects[context.request.dialect];
    this.#dropUsageChunk = dropUsageChunk;
    this.#startedAtMs = context.ports.clock.nowMs();
    this.#startedAtUs = context.ports.clock.monotonicUs();
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
      const leftMs = Math.ceil((deadlineUs - this.#startedAtUs) / 1_000);
      this.#stopTimer = ports.clock.after(Math.min(Math.max(leftMs, 0), timerMsMax), () => this.#abort("deadline"));
      this.#control = ports.transport.send(call, this);
      if (this.#cut !== null) this.#control.abort();
    });
  }

  /** The caller's signal. */
  handleEvent(): void {
    this.cancel();
  }

  start(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
    const isStream = status >= 200 && status < 300 && isEventStream(headers);
    this.#state = isStream ? "stream" : "whole";
    if (!isStream) return;
    this.#observer = this.#dialect.observeStream(this.#dropUsageChunk);
    this.#resolve({ kind: "stream", status, headers, origin: "provider", open: (sink) => this.#open(sink) });
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.#state === "over") return this.#afterEnd(bytes);
    this.#firstByteAtUs ??= this.#context.ports.clock.monotonicUs();
    if (this.#callerLeft) this.#countDrained(bytes);
    if (this.#state === "whole") {
      this.#pieces.push(bytes);
      return true;
    }
    // Once for each piece of every stream, so no closure is made for it.
    try {
      return this.#streamChunk(bytes);
    } catch (error) {
      this.#fail(error);
      return true;
    }
  }

  end(): void {
    this.#release();
    if (this.#state === "stream") this.#guard(() => this.#endSource());
    else if (this.#state !== "over") this.#guard(() => this.#endWhole());
  }

  failure(failure: TransportFailure): void {
    this.#release();
    if (this.#state === "over") return;
    const reading = readFailure(failure, this.#cut, this.#status, this.#context.targets[0].endpoint.id);
    if (this.#state === "stream") {
      const error = new FarthingError(reading.code, reading.message);
      const lastBytes = this.#cut === "caller left" ? noBytes : this.#errorEvent(error);
      this.#finishStream(lastBytes, reading.outcome, this.#observer?.facts() ?? null);
      return;
    }
    this.#state = "over";
    const facts = this.#facts(reading.outcome, silentReply, sizeOf(this.#pieces));
    this.#reject(new CallFailure(reading.code, reading.message, facts, failure));
  }

  resume(): void {
    if (this.#outlet.resume()) this.#control?.resume();
  }

  /** The caller left: cuts the call, or reads on within the route's limits. */
  cancel(): void {
    if (this.#callerLeft) return;
    this.#callerLeft = true;
    const { abort } = this.#context.route;
    if (this.#state !== "over" && abort.mode === "cut") {
      this.#abort("caller left");
    } else if (this.#state !== "over") {
      this.#drainBytesLeft = abort.drainBytesMax;
      this.#stopTimer();
      this.#stopTimer = this.#context.ports.clock.after(abort.drainMsMax, () => this.#abort("caller left"));
      this.#control?.resume();
    }
    this.#outlet.ignorePace();
  }

  /** The answer is at hand; the stage's line of the journal is written here, so that no promise is needed for it. */
  #resolve(reply: Reply): void {
    const { journal, targets } = this.#context;
    const reason = reply.status < 400 ? "answered" : "upstream-error";
    journal.append({ stage: "call-provider", decision: targets[0].model, reason, note: String(reply.status) });
    this.#settleReply(reply);
  }

  #reject(error: FarthingError): void {
    journalFailure(this.#context, error);
    this.#settleError(error);
  }

  #abort(reason: Exclude<CutReason, null>): void {
    this.#cut ??= reason;
    this.#control?.abort();
  }

  #countDrained(bytes: Uint8Array): void {
    this.#drainBytesLeft -= bytes.length;
    if (this.#drainBytesLeft < 0) this.#abort("caller left");
  }

  #afterEnd(bytes: Uint8Array): boolean {
    this.#bytesAfterEnd += bytes.length;
    if (this.#bytesAfterEnd > bytesAfterEndMax) this.#control?.abort();
    return true;
  }

  #endWhole(): void {
    this.#state = "over";
    const body = concatBytes(this.#pieces);
    const isAnswer = this.#status >= 200 && this.#status < 300;
    const told = this.#dialect.readReply(body);
    // A whole answer's text is not measured; where the provider did not count, the body's size stands in.
    const generatedBytes = isAnswer && told.usage.source === "unknown" ? body.length : 0;
    const call = this.#facts(isAnswer ? "complete" : "refused", told, generatedBytes);
    const end: ReplyEnd = { complete: isAnswer, usage: told.usage, call, reused: null, settled: null };
    this.#resolve({ kind: "whole", status: this.#status, headers: this.#headers, origin: "provider", body, end });
  }

  #streamChunk(bytes: Uint8Array): boolean {
    const step = this.#observer?.push(bytes);
    if (step === undefined) return true;
    const goOn = step.pass.length === 0 || this.#outlet.pass(step.pass);
    if (step.terminal !== null) this.#endStream(step.terminal, true);
    return goOn;
  }

  /** The provider's body is over. Its last event may still count: some servers leave out the blank line behind it. */
  #endSource(): void {
    const last = this.#observer?.finish?.() ?? null;
    this.#endStream(last ?? noBytes, last !== null);
  }

  /** The stream's terminal event came, or the provider ended without one. */
  #endStream(terminalBytes: Uint8Array, terminal: boolean): void {
    const told = this.#observer?.facts() ?? null;
    // After the provider's own error event nothing is missing; else the caller must learn that the answer is cut off.
    if (terminal || told?.errored === true) {
      this.#finishStream(terminalBytes, told?.errored === true ? "stream-error" : "complete", told);
      return;
    }
    const provider = this.#context.targets[0].endpoint.id;
    const error = new FarthingError("upstream_broken", `Provider "${provider}" ended its answer too early. Try again.`);
    this.#finishStream(this.#errorEvent(error), "truncated", told);
  }

  #finishStream(lastBytes: Uint8Array, outcome: AttemptOutcome, told: StreamFacts | null): void {
    this.#state = "over";
    const call = this.#facts(outcome, told ?? silentReply, told?.generatedBytes ?? 0);
    const end: ReplyEnd = { complete: outcome === "complete", usage: call.usage, call, reused: null, settled: null };
    this.#outlet.end(lastBytes, end);
  }

  #open(sink: StreamSink): StreamControl {
    if (this.#outlet.open(sink)) this.#control?.resume();
    return this;
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
    if (this.#state === "over") return;
    const wasStream = this.#state === "stream";
    this.#state = "over";
    this.#control?.abort();
    const error = new FarthingError("internal_error", "Reading the provider's answer failed. Please report this.", {
      cause,
    });
    const call = this.#facts("truncated", silentReply, 0);
    const failure = { kind: "protocol", sent: true, message: error.message } as const;
    if (!wasStream) this.#reject(new CallFailure(error.code, error.message, call, failure));
    else
      this.#outlet.end(this.#errorEvent(error), {
        complete: false,
        usage: call.usage,
        call,
        reused: null,
        settled: null,
      });
  }

  #errorEvent(error: FarthingError): Uint8Array {
    return this.#dialect.renderStreamError(renderedErrorOf(error, this.#dialect.name, this.#context.requestId));
  }

  #facts(outcome: AttemptOutcome, told: ReplyFacts, generatedBytes: number): CallFacts {
    const { endpoint } = this.#context.targets[0];
    const firstByteAtUs = this.#firstByteAtUs;
    return callFactsOf(
      {
        outcome,
        status: this.#status,
        generatedBytes,
        providerRequestId: headerOf(this.#headers, endpoint.requestIdHeader),
        startedAtMs: this.#startedAtMs,
        durationUs: this.#context.ports.clock.monotonicUs() - this.#startedAtUs,
        timeToFirstByteUs: firstByteAtUs === null ? null : firstByteAtUs - this.#startedAtUs,
      },
      told,
    );
  }

  /** The transport is done with this call: nothing is left to cut. */
  #release(): void {
    this.#stopTimer();
    this.#context.signal.removeEventListener("abort", this);
  }
}

/** The journal's line of a call that brought no answer. */
export function journalFailure(context: Context, error: unknown): void {
  const left = FarthingError.isInstance(error) && error.code === "client_closed";
  const note = error instanceof CallFailure ? { note: error.failure.kind } : {};
  const reason = left ? "aborted" : "transport-failure";
  context.journal.append({ stage: "call-provider", decision: context.targets[0].model, reason, ...note });
}

function ignore(): void {
  // Stands in until the real one is known.
}

function isEventStream(headers: readonly string[]): boolean {
  return headerOf(headers, "content-type")?.toLowerCase().startsWith("text/event-stream") ?? false;
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  return size;
}
