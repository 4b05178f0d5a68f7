import type { Clock } from "../spec/clock.ts";
import type { CallControl, ProviderCall, ProviderReceiver, Transport, TransportFailure } from "../spec/transport.ts";

/** What a provider does with one call. */
export interface Script {
  readonly status?: number;
  readonly headers?: readonly string[];
  /** Sent one after the other, as fast as the reader takes them. */
  readonly pieces?: readonly Uint8Array[];
  /** Before the headers, milliseconds of the fake clock. */
  readonly delayMs?: number;
  /** In place of a proper end after the pieces; a failure without status comes before the headers. */
  readonly failure?: TransportFailure;
  /** Stop after the pieces and wait for the test (or the caller) to go on. */
  readonly hangs?: boolean;
}

/** A transport whose provider is a function. */
export interface ScriptedTransport extends Transport {
  readonly calls: readonly ScriptedCall[];
  /** Decides what the provider does with each call; `index` counts calls from 0. */
  script: (call: ProviderCall, index: number) => Script;
}

/** Makes one; until told otherwise its provider answers 200 with an empty body. */
export function createScriptedTransport(clock: Clock): ScriptedTransport {
  const calls: ScriptedCall[] = [];
  return {
    calls,
    script: () => ({}),
    send(call, receiver) {
      const scripted = new ScriptedCall(call, receiver, this.script(call, calls.length), clock);
      calls.push(scripted);
      return scripted;
    },
  };
}

/** One call, and what became of it. */
export class ScriptedCall implements CallControl {
  readonly call: ProviderCall;
  abortedAtUs: number | null = null;
  /** How often the reader asked to pause, and to go on. */
  pauses = 0;
  resumes = 0;
  readonly #receiver: ProviderReceiver;
  readonly #script: Script;
  readonly #clock: Clock;
  #position = 0;
  #stopDelay: () => void = () => undefined;
  #started = false;
  #paused = false;
  #over = false;

  constructor(call: ProviderCall, receiver: ProviderReceiver, script: Script, clock: Clock) {
    this.call = call;
    this.#receiver = receiver;
    this.#script = script;
    this.#clock = clock;
    if (script.delayMs === undefined) queueMicrotask(() => this.#run());
    else this.#stopDelay = clock.after(script.delayMs, () => this.#run());
  }

  /** Sends one more piece by hand; what the reader answered. */
  push(bytes: Uint8Array): boolean {
    if (this.#over) return false;
    const goOn = this.#receiver.chunk(bytes);
    if (!goOn) this.pauses++;
    return goOn;
  }

  /** Ends a call that hangs. */
  finish(failure?: TransportFailure): void {
    if (this.#over) return;
    this.#over = true;
    if (failure === undefined) this.#receiver.end();
    else this.#receiver.failure(failure);
  }

  get isOver(): boolean {
    return this.#over;
  }

  resume(): void {
    this.resumes++;
    this.#paused = false;
    if (this.#started) this.#run();
  }

  abort(): void {
    if (this.abortedAtUs !== null) return;
    this.abortedAtUs = this.#clock.monotonicUs();
    this.#stopDelay();
    queueMicrotask(() => this.finish({ kind: "aborted", sent: true, message: "aborted" }));
  }

  #run(): void {
    const { status, headers, pieces = [], failure, hangs = false } = this.#script;
    if (this.#over) return;
    if (failure !== undefined && status === undefined) return this.finish(failure);
    if (!this.#started) {
      this.#started = true;
      this.#receiver.start(status ?? 200, headers ?? ["content-type", "application/json"]);
    }
    while (this.#position < pieces.length && !this.#paused) {
      const piece = pieces[this.#position++];
      if (piece !== undefined && !this.push(piece)) this.#paused = true;
    }
    if (this.#position === pieces.length && !this.#paused && !hangs) this.finish(failure);
    return undefined;
  }
}
