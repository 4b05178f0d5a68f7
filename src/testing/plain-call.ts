import { CallFailure } from "../kit/call-failure.ts";
import { concatBytes } from "../kit/concat-bytes.ts";
import type { CallFacts } from "../spec/attempt.ts";
import type { Context } from "../spec/context.ts";
import type { ReplyFacts, StreamObserver } from "../spec/dialect.ts";
import type { Reply, ReplyEnd, StreamControl, StreamSink } from "../spec/reply.ts";
import type { CallControl, ProviderReceiver, TransportFailure } from "../spec/transport.ts";

/**
 * What stands inside a stage under test: the shortest handler that keeps the contract of `spec/reply.ts` over a
 * transport. Made for the conformance suite, so that it does not depend on the stages it judges.
 */
export function plainCall(context: Context): Promise<Reply> {
  return new Promise((resolve, reject) => new PlainCall(context, resolve, reject).send());
}

class PlainCall implements ProviderReceiver, StreamControl {
  readonly #context: Context;
  readonly #resolve: (reply: Reply) => void;
  readonly #reject: (error: unknown) => void;
  readonly #pieces: Uint8Array[] = [];
  #observer: StreamObserver | null = null;
  #sink: StreamSink | null = null;
  #control: CallControl | null = null;
  #status = 0;
  #headers: readonly string[] = [];
  #over = false;

  constructor(context: Context, resolve: (reply: Reply) => void, reject: (error: unknown) => void) {
    this.#context = context;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  send(): void {
    const { ports, rawBody, headers, route, targets, signal } = this.#context;
    const call = { endpoint: targets[0].endpoint, path: "/", headers, body: rawBody, timeouts: route.timeouts };
    signal.addEventListener("abort", () => this.cancel(), { once: true });
    this.#control = ports.transport.send(call, this);
    if (signal.aborted) this.cancel();
  }

  start(status: number, headers: readonly string[]): void {
    this.#status = status;
    this.#headers = headers;
    if (!headers.includes("text/event-stream")) return;
    this.#observer = this.#context.ports.dialects[this.#context.request.dialect].observeStream(false);
    this.#resolve({ kind: "stream", status, headers, origin: "provider", open: (sink) => this.#open(sink) });
  }

  chunk(bytes: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#observer === null || this.#sink === null) {
      this.#pieces.push(bytes);
      // A stream waits until it is opened.
      return this.#observer === null;
    }
    const step = this.#observer.push(bytes);
    const goOn = step.pass.length === 0 || this.#sink.chunk(step.pass);
    if (step.terminal !== null) this.#endStream(step.terminal, "complete");
    return goOn;
  }

  end(): void {
    if (this.#observer !== null) return this.#endStream(new Uint8Array(0), "truncated");
    this.#over = true;
    const body = concatBytes(this.#pieces);
    const told = this.#context.ports.dialects[this.#context.request.dialect].readReply(body);
    const call = this.#facts(this.#status < 300 ? "complete" : "refused", told);
    const end: ReplyEnd = { complete: this.#status < 300, usage: call.usage, call, reused: null, settled: null };
    this.#resolve({ kind: "whole", status: this.#status, headers: this.#headers, origin: "provider", body, end });
    return undefined;
  }

  failure(failure: TransportFailure): void {
    const aborted = failure.kind === "aborted";
    if (this.#observer !== null) return this.#endStream(new Uint8Array(0), aborted ? "aborted" : "truncated");
    const outcome = aborted ? "aborted" : failure.sent ? "unknown" : "failed-before-send";
    const code = aborted ? "client_closed" : "upstream_unreachable";
    this.#reject(new CallFailure(code, "The call failed.", this.#facts(outcome, silent), failure));
    return undefined;
  }

  resume(): void {
    this.#control?.resume();
  }

  cancel(): void {
    this.#control?.abort();
  }

  #open(sink: StreamSink): StreamControl {
    this.#sink = sink;
    for (const piece of this.#pieces.splice(0)) this.chunk(piece);
    this.#control?.resume();
    return this;
  }

  #endStream(lastBytes: Uint8Array, outcome: CallFacts["outcome"]): void {
    if (this.#over) return;
    this.#over = true;
    const call = this.#facts(outcome, this.#observer?.facts() ?? silent);
    const end: ReplyEnd = { complete: outcome === "complete", usage: call.usage, call, reused: null, settled: null };
    this.#sink?.end(lastBytes, end);
  }

  #facts(outcome: CallFacts["outcome"], told: ReplyFacts): CallFacts {
    return {
      outcome,
      status: this.#status,
      usage: told.usage,
      generatedBytes: 0,
      servedModel: told.servedModel,
      providerRequestId: null,
      providerResponseId: told.responseId,
      finishReason: told.finishReason,
      hasToolCalls: told.hasToolCalls,
      startedAtMs: this.#context.arrivedAtMs,
      durationUs: 1,
      timeToFirstByteUs: null,
    };
  }
}

const silent: ReplyFacts = {
  usage: { source: "unknown", tokens: {} },
  servedModel: null,
  responseId: null,
  finishReason: null,
  hasToolCalls: false,
};
