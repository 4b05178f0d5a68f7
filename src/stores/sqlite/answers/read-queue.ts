import { AnswerFileError } from "./answer-failure.ts";
import type { ReadAnswer, ReadCall, ReadGet, ReadScan, ReadStats } from "./answer-protocol.ts";

/** Questions that may wait for the reading thread; further ones reject. */
const callsMax = 4_096;

type AnswerTo<Call extends ReadCall> = Call extends { readonly kind: "get" }
  ? ReadGet
  : Call extends { readonly kind: "scan" }
    ? ReadScan
    : ReadStats;

interface Waiting {
  readonly call: ReadCall;
  readonly resolve: (answer: ReadAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Questions on their way to the reading thread, those of one turn in one message. Answers come in the order of the questions. */
export class ReadQueue {
  readonly #send: (calls: readonly ReadCall[]) => void;
  #turn: Waiting[] = [];
  #inFlight: Waiting[] = [];
  #ended: Error | null = null;

  constructor(send: (calls: readonly ReadCall[]) => void) {
    this.#send = send;
  }

  call<Call extends ReadCall>(call: Call): Promise<AnswerTo<Call>> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (this.#turn.length + this.#inFlight.length >= callsMax) {
      return Promise.reject(new Error("Too many questions wait for the store of answers."));
    }
    return new Promise((resolve, reject) => {
      if (this.#turn.length === 0) queueMicrotask(() => this.#flush());
      this.#turn.push({ call, resolve: (answer) => resolve(answer as AnswerTo<Call>), reject });
    });
  }

  /** The thread's answers to the oldest questions. */
  answered(answers: readonly ReadAnswer[]): void {
    for (const [index, { resolve, reject }] of this.#inFlight.splice(0, answers.length).entries()) {
      const answer = answers[index];
      if (answer === undefined) continue;
      if ("kind" in answer) reject(new AnswerFileError(answer));
      else resolve(answer);
    }
  }

  /** What was asked is lost with its thread. */
  restarted(): void {
    const lost = this.#inFlight;
    this.#inFlight = [];
    for (const { reject } of lost)
      reject(new Error("The thread that reads the store of answers ended before it answered."));
  }

  /** Rejects everything that waits and comes. */
  end(error: Error): void {
    this.#ended = error;
    const waiting = [...this.#inFlight, ...this.#turn];
    this.#inFlight = [];
    this.#turn = [];
    for (const { reject } of waiting) reject(error);
  }

  #flush(): void {
    if (this.#turn.length === 0) return;
    const turn = this.#turn;
    this.#turn = [];
    this.#inFlight.push(...turn);
    this.#send(turn.map(({ call }) => call));
  }
}
