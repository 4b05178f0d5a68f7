import { FarthingError } from "../../kit/farthing-error.ts";
import type { Context } from "../../spec/context.ts";
import type { RequestOutcome } from "../../spec/ledger.ts";
import type {
  Reply,
  ReplyEnd,
  Settlement,
  StreamControl,
  StreamReply,
  StreamSink,
  WholeReply,
} from "../../spec/reply.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import { errorKindOf, raiseAlarm } from "../raise-alarm.ts";
import { writeRow } from "../write-row.ts";

/**
 * The outermost stage: one row in the ledger for every request, whatever happens to it. With strict durability the row of
 * a call that may cost money is on disk before the answer's last bytes leave; trouble with the ledger delays an answer
 * by at most the ledger's longest wait and never fails it.
 */
export function createSettle(): Stage {
  return { name: "settle", kind: "duty", wrap: (next) => (context) => settleRequest(context, next) };
}

async function settleRequest(context: Context, next: Handler): Promise<Reply> {
  let reply: Reply;
  try {
    reply = await next(context);
  } catch (error) {
    const failure = asFarthingError(error);
    const outcome = failure.code === "client_closed" ? "aborted" : "error";
    const pending = writeRow(context, {
      outcome,
      status: failure.status,
      origin: null,
      end: null,
      timeToFirstByteUs: null,
    });
    if (pending instanceof Promise) await pending;
    throw failure;
  }
  return reply.kind === "stream" ? settleStream(context, reply) : settleWhole(context, reply);
}

/** Whatever broke, callers see an error of the table. */
function asFarthingError(error: unknown): FarthingError {
  if (FarthingError.isInstance(error)) return error;
  const message = "Something in Farthing broke. Please report this with the request id.";
  return new FarthingError("internal_error", message, { cause: error });
}

function settleWhole(context: Context, reply: WholeReply): Reply | Promise<Reply> {
  const answered: RequestOutcome = reply.status < 400 ? "ok" : "error";
  const timeToFirstByteUs = context.ports.clock.monotonicUs() - context.arrivedAtUs;
  const { status, origin, end } = reply;
  const outcome = context.signal.aborted ? "aborted" : answered;
  const pending = writeRow(context, { outcome, status, origin, end, timeToFirstByteUs });
  const settledReply = (settled: Settlement | null): Reply => ({ ...reply, end: { ...end, settled } });
  return pending instanceof Promise ? pending.then(settledReply) : settledReply(pending);
}

function settleStream(context: Context, reply: StreamReply): StreamReply {
  return { ...reply, open: (sink) => new SettlingStream(context, reply, sink).start() };
}

/** Passes a stream on and holds its last bytes back until the row is where it has to be. */
class SettlingStream implements StreamSink, StreamControl {
  readonly #context: Context;
  readonly #reply: StreamReply;
  readonly #outer: StreamSink;
  #source: StreamControl | null = null;
  #firstByteUs: number | null = null;
  #left = false;

  constructor(context: Context, reply: StreamReply, outer: StreamSink) {
    this.#context = context;
    this.#reply = reply;
    this.#outer = outer;
  }

  start(): StreamControl {
    this.#source = this.#reply.open(this);
    return this;
  }

  chunk(bytes: Uint8Array): boolean {
    this.#firstByteUs ??= this.#context.ports.clock.monotonicUs() - this.#context.arrivedAtUs;
    // Whoever left must not be written to; what still comes is for those who store it.
    return this.#left || this.#outer.chunk(bytes);
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    const { status, origin } = this.#reply;
    // A caller leaves at the provider's error event: that it left is then no news.
    const left = this.#left || this.#context.signal.aborted;
    const outcome = left && end.call?.outcome !== "stream-error" ? "aborted" : outcomeOf(end);
    const pending = writeRow(this.#context, { outcome, status, origin, end, timeToFirstByteUs: this.#firstByteUs });
    if (!(pending instanceof Promise)) this.#outer.end(lastBytes, { ...end, settled: pending });
    else void pending.then((settled) => this.#endLater(lastBytes, { ...end, settled }));
  }

  /** Nobody stands above this call to catch what the surface throws. */
  #endLater(lastBytes: Uint8Array, end: ReplyEnd): void {
    try {
      this.#outer.end(lastBytes, end);
    } catch (error) {
      raiseAlarm(this.#context, "stage-stepped-aside", `surface: ${errorKindOf(error)}`);
    }
  }

  resume(): void {
    this.#source?.resume();
  }

  cancel(): void {
    this.#left = true;
    this.#source?.cancel();
  }
}

function outcomeOf(end: ReplyEnd): RequestOutcome {
  if (end.complete) return "ok";
  return end.call?.outcome === "truncated" ? "truncated" : "error";
}
