import { headerOf } from "../kit/header-list.ts";
import type { AttemptOutcome, CallFacts } from "../spec/attempt.ts";
import type { Context } from "../spec/context.ts";
import type { ReplyFacts } from "../spec/dialect.ts";
import { callFactsOf } from "./call-facts.ts";

/** What is measured of one call, from its making on: times, status, headers. */
export class CallMeasure {
  readonly #context: Context;
  readonly #startedAtMs: number;
  /** Monotonic time of the start. */
  readonly startedAtUs: number;
  #firstByteAtUs: number | null = null;
  /** 0 until the headers came. */
  status = 0;
  headers: readonly string[] = [];

  constructor(context: Context) {
    const { clock } = context.ports;
    this.#context = context;
    this.#startedAtMs = clock.nowMs();
    this.startedAtUs = clock.monotonicUs();
  }

  /** A piece of the body came; the first one counts. */
  noteByte(): void {
    this.#firstByteAtUs ??= this.#context.ports.clock.monotonicUs();
  }

  /** The call as it stands now, joined with what its answer tells. */
  facts(outcome: AttemptOutcome, told: ReplyFacts, generatedBytes: number): CallFacts {
    const { targets, ports } = this.#context;
    const firstByteAtUs = this.#firstByteAtUs;
    return callFactsOf(
      {
        outcome,
        status: this.status,
        generatedBytes,
        providerRequestId: headerOf(this.headers, targets[0].endpoint.requestIdHeader),
        startedAtMs: this.#startedAtMs,
        durationUs: ports.clock.monotonicUs() - this.startedAtUs,
        timeToFirstByteUs: firstByteAtUs === null ? null : firstByteAtUs - this.startedAtUs,
      },
      told,
    );
  }
}
