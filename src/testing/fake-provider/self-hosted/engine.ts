import type { Pacing } from "../pacing.ts";
import type { PreparedReply } from "../prepared-reply.ts";
import type { Wire } from "../wire.ts";
import type { EngineLimits } from "./engine-limits.ts";

/** Tokens in one block of the cache: vLLM's default. */
export const blockTokens = 16;

/** A call that holds a place. */
interface RunningCall {
  readonly startedMs: number;
  readonly pacing: Pacing;
  readonly promptTokens: number;
  /** All that it will generate. */
  readonly plannedTokens: number;
}

/** What became of a call's wish for a place. */
export type Admission = "running" | "full" | "left";

/** Sums since the start. */
export interface EngineTotals {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
}

/** Queue and cache of an inference server, as far as its metrics show them. First come, first served. */
export class InferenceEngine {
  readonly limits: EngineLimits;
  readonly #nowMs: () => number;
  readonly #running = new Map<object, RunningCall>();
  /** Hands a place to a call that waits; in the order of their coming, at most `queueDepth`. */
  readonly #waiting = new Set<() => void>();
  #totals: EngineTotals = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };

  /** @param nowMs any clock in milliseconds. */
  constructor(limits: EngineLimits, nowMs: () => number) {
    this.limits = limits;
    this.#nowMs = nowMs;
  }

  get running(): number {
    return this.#running.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  get totals(): EngineTotals {
    return this.#totals;
  }

  /** Share of the cache that the running calls fill, by whole blocks; 1 at most. */
  get cacheUsage(): number {
    let blocks = 0;
    for (const call of this.#running.values()) {
      blocks += Math.ceil((call.promptTokens + this.#generatedOf(call)) / blockTokens);
    }
    return Math.min(1, (blocks * blockTokens) / this.limits.kvCacheTokens);
  }

  /**
   * Waits for a place. `full`: the queue holds as many as it may; `left`: the client went away meanwhile.
   *
   * @param call whose place it is; the same object gives it back.
   */
  async enter(call: object, reply: PreparedReply, pacing: Pacing, wire: Wire): Promise<Admission> {
    const take = (): void => {
      this.#running.set(call, {
        startedMs: this.#nowMs(),
        pacing,
        promptTokens: reply.prompt.input + reply.prompt.cacheRead,
        plannedTokens: reply.reasoningTokens + reply.outputTokens,
      });
    };
    if (this.#running.size < this.limits.concurrency) {
      take();
      return "running";
    }
    if (this.#waiting.size >= this.limits.queueDepth) return "full";
    const stays = await wire.until((wake) => {
      // The place changes hands at once, so that nobody who comes now can slip in between.
      const handOver = (): void => {
        this.#waiting.delete(handOver);
        take();
        wake();
      };
      this.#waiting.add(handOver);
      return () => this.#waiting.delete(handOver);
    });
    if (stays) return "running";
    this.#free(call);
    return "left";
  }

  /** Gives the place back and counts what was done in it. */
  leave(call: object, reply: PreparedReply, generated: number): void {
    const { promptTokens, cachedTokens, generatedTokens } = this.#totals;
    this.#totals = {
      promptTokens: promptTokens + reply.prompt.input + reply.prompt.cacheRead,
      cachedTokens: cachedTokens + reply.prompt.cacheRead,
      generatedTokens: generatedTokens + generated,
    };
    this.#free(call);
  }

  /** The place of a call goes to the one that waits longest. */
  #free(call: object): void {
    if (!this.#running.delete(call)) return;
    const [next] = this.#waiting;
    next?.();
  }

  #generatedOf({ startedMs, pacing, plannedTokens }: RunningCall): number {
    const sinceFirstMs = this.#nowMs() - startedMs - pacing.firstTokenMs;
    if (sinceFirstMs < 0) return 0;
    if (pacing.perTokenMs === 0) return plannedTokens;
    return Math.min(plannedTokens, Math.floor(sinceFirstMs / pacing.perTokenMs));
  }
}
