import { FarthingError } from "../kit/farthing-error.ts";
import { renderedErrorOf } from "../kit/rendered-error.ts";
import type { AttemptOutcome } from "../spec/attempt.ts";
import type { Context } from "../spec/context.ts";
import type { Dialect, StreamFacts, StreamObserver } from "../spec/dialect.ts";
import type { ReplyEnd, StreamSink } from "../spec/reply.ts";
import { silentReply } from "./call-facts.ts";
import type { CallMeasure } from "./call-measure.ts";
import { StreamOutlet } from "./stream-outlet.ts";

const noBytes = new Uint8Array(0);

/**
 * The streamed half of an exchange: reads what the provider sends, passes it on, and hands out exactly one end. It may
 * throw what a dialect or a sink throws; {@link breakOff} is then due.
 */
export class StreamAnswer {
  readonly #context: Context;
  readonly #dialect: Dialect;
  readonly #measure: CallMeasure;
  readonly #observer: StreamObserver;
  readonly #outlet: StreamOutlet = new StreamOutlet();
  #over = false;

  /** @param observer reads the provider's dialect and gives the caller's. */
  constructor(context: Context, measure: CallMeasure, observer: StreamObserver) {
    this.#context = context;
    this.#dialect = context.ports.dialects[context.request.dialect];
    this.#measure = measure;
    this.#observer = observer;
  }

  /** The end was handed out; a reader that pauses may not have taken it yet. */
  get isOver(): boolean {
    return this.#over;
  }

  /** A piece of the body. False asks the source to pause. */
  push(bytes: Uint8Array): boolean {
    const step = this.#observer.push(bytes);
    const goOn = step.pass.length === 0 || this.#outlet.pass(step.pass);
    if (step.terminal !== null) this.#end(step.terminal, true);
    return goOn;
  }

  /** The provider's body is over. Its last event may still count: some servers leave out the blank line behind it. */
  finish(): void {
    const last = this.#observer.finish?.() ?? null;
    this.#end(last ?? noBytes, last !== null);
  }

  /** The call failed. @param error told to the reader; null when nobody reads any more. */
  fail(outcome: AttemptOutcome, error: FarthingError | null): void {
    const told = this.#observer.facts();
    this.#handOut(error === null ? noBytes : this.#errorEvent(error), told.errored ? "stream-error" : outcome, told);
  }

  /**
   * A defect of ours, or a sink that failed: the reader is told, also where a proper end was on its way and it lost a
   * piece before it. Does nothing when it has its end.
   */
  breakOff(error: FarthingError): void {
    if (this.#over && !this.#outlet.isEnding) return;
    const end = this.#endOf("truncated", this.#factsUntilNow());
    this.#over = true;
    this.#outlet.breakOff(this.#errorEvent(error), end);
  }

  /** Returns as {@link StreamOutlet.resume}. */
  open(sink: StreamSink): boolean {
    return this.#outlet.open(sink);
  }

  /** True when the source may go on. */
  resume(): boolean {
    return this.#outlet.resume();
  }

  /** The reader left. */
  ignorePace(): void {
    this.#outlet.ignorePace();
  }

  /** The stream's terminal event came, or the provider ended without one. */
  #end(terminalBytes: Uint8Array, terminal: boolean): void {
    const told = this.#observer.facts();
    // After the provider's own error event nothing is missing; else the caller must learn that the answer is cut off.
    if (terminal || told.errored) {
      this.#handOut(terminalBytes, told.errored ? "stream-error" : "complete", told);
      return;
    }
    const provider = this.#context.targets[0].endpoint.id;
    const error = new FarthingError("upstream_broken", `Provider "${provider}" ended its answer too early. Try again.`);
    this.#handOut(this.#errorEvent(error), "truncated", told);
  }

  #handOut(lastBytes: Uint8Array, outcome: AttemptOutcome, told: StreamFacts): void {
    const end = this.#endOf(outcome, told);
    this.#over = true;
    this.#outlet.end(lastBytes, end);
  }

  #endOf(outcome: AttemptOutcome, told: StreamFacts | null): ReplyEnd {
    const call = this.#measure.facts(outcome, told ?? silentReply, told?.generatedBytes ?? 0);
    return { complete: outcome === "complete", usage: call.usage, call, reused: null, settled: null };
  }

  /** The observer may be what failed. */
  #factsUntilNow(): StreamFacts | null {
    try {
      return this.#observer.facts();
    } catch {
      return null;
    }
  }

  #errorEvent(error: FarthingError): Uint8Array {
    const told = renderedErrorOf(error, this.#dialect.name, this.#context.requestId);
    return this.#observer.errorEvent?.(told) ?? this.#dialect.renderStreamError(told);
  }
}
