import type { Random } from "../../src/spec/clock.ts";
import type { ContentClass } from "../../src/spec/content-class.ts";

/** One request of a level's traffic. */
export interface AskedRequest {
  readonly system: string;
  readonly text: string;
  /** Tokens of the answer that the provider gives. */
  readonly answerTokens: number;
}

/** Traffic of one kind: how much of it repeats is what tells the levels apart. */
export interface TrafficLevel {
  readonly name: string;
  readonly model: string;
  readonly contentClass: ContentClass;
  /** Time between two requests, milliseconds. */
  readonly stepMs: number;
  /** Whether the cache is expected to switch itself off. */
  readonly turnsOff: boolean;
  /** Starts a stream of requests; what it keeps of the past is its own. */
  readonly start: (random: Random) => () => AskedRequest;
}
