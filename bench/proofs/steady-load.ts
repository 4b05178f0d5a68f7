import { Agent } from "node:http";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { quantile } from "../measurement.ts";
import { chatBody, postChat } from "./chat-client.ts";
import { pause } from "./proof.ts";

/** What a stretch of a steady load met. */
export interface LoadStretch {
  readonly sent: number;
  /** Whole replies with status 200. */
  readonly good: number;
  /** Replies of any kind. */
  readonly answered: number;
  /** Milliseconds from the moment a request was due to its last byte, of all that were answered. */
  readonly latenciesMs: readonly number[];
}

/** Shape of a load. */
export interface LoadShape {
  readonly perSecond: number;
  /** Share of requests that repeat one of `known`. */
  readonly repeats: number;
  readonly known: number;
}

/** A client that sends at a steady rate, whatever the gateway does: the wait of one request delays none of the others. */
export class SteadyLoad {
  readonly #port: number;
  readonly #shape: LoadShape;
  readonly #random: () => number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  #fresh = 0;

  constructor(port: number, shape: LoadShape, seed: number) {
    this.#port = port;
    this.#shape = shape;
    this.#random = createSeededRandom(seed);
  }

  /** Sends for so long, then waits for what is open. */
  async run(durationMs: number): Promise<LoadStretch> {
    const startMs = performance.now();
    const calls: Promise<Sent>[] = [];
    const stepMs = 1_000 / this.#shape.perSecond;
    for (let index = 0; index * stepMs < durationMs; index += 1) {
      const dueMs = startMs + index * stepMs;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await pause(waitMs);
      calls.push(this.#send(dueMs));
    }
    const sent = await Promise.all(calls);
    const answered = sent.filter(({ status }) => status > 0);
    return {
      sent: sent.length,
      good: sent.filter(({ status, whole }) => status === 200 && whole).length,
      answered: answered.length,
      latenciesMs: answered.map(({ latencyMs }) => latencyMs),
    };
  }

  /** Asks each of the known requests once, so that they are stored. */
  async warm(): Promise<void> {
    for (let index = 0; index < this.#shape.known; index += 20) {
      const numbers = Array.from({ length: Math.min(20, this.#shape.known - index) }, (_, offset) => index + offset);
      await Promise.all(
        numbers.map((number) => postChat(this.#port, chatBody(`known-${number}`, false), this.#agent).outcome),
      );
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(dueMs: number): Promise<Sent> {
    const { repeats, known } = this.#shape;
    const marker =
      this.#random() < repeats ? `known-${Math.floor(this.#random() * known)}` : `fresh-${(this.#fresh += 1)}`;
    const { status, whole } = await postChat(this.#port, chatBody(marker, false), this.#agent).outcome;
    return { status, whole, latencyMs: performance.now() - dueMs };
  }
}

interface Sent {
  readonly status: number;
  readonly whole: boolean;
  readonly latencyMs: number;
}

/** Stretches as one. */
export function joined(stretches: readonly LoadStretch[]): LoadStretch {
  const sum = (of: (stretch: LoadStretch) => number): number => stretches.reduce((total, one) => total + of(one), 0);
  return {
    sent: sum(({ sent }) => sent),
    good: sum(({ good }) => good),
    answered: sum(({ answered }) => answered),
    latenciesMs: stretches.flatMap(({ latenciesMs }) => latenciesMs),
  };
}

/** Share of the requests that were served. */
export function goodShare({ good, sent }: LoadStretch): number {
  return good / sent;
}

/** Latency below which the share `q` of the answered requests lies, milliseconds. */
export function tailMsOf(stretch: LoadStretch, q: number): number {
  return quantile(stretch.latenciesMs, q);
}
