import { type ByteBudget, createByteBudget } from "../../kit/byte-budget.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply, ReplyEnd, StreamControl, StreamReply, StreamSink } from "../../spec/reply.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import { KeptExchange } from "../kept-exchange.ts";
import { errorKindOf, raiseAlarm } from "../raise-alarm.ts";

/** Bytes of streams of one route that are gathered at once: 512 MiB. One answer has at most `limits.replyBytesMax`. */
const gatheredBytesMax = 536_870_912;

/**
 * Keeps requests and replies in full: the request is on disk before anything is sent, the reply before its last byte
 * leaves. On a compliance route what cannot be kept is refused; elsewhere it is served, with an alarm. It stands outside
 * every cache: a reused answer is a reply too.
 *
 * @param bytesMax of streams that are gathered at once; 0 or more.
 */
export function createStoreBody(bytesMax: number = gatheredBytesMax): Stage {
  const budget = createByteBudget(bytesMax);
  return { name: "store-body", kind: "duty", wrap: (next) => (context) => keepExchange(context, next, budget) };
}

async function keepExchange(context: Context, next: Handler, budget: ByteBudget): Promise<Reply> {
  const exchange = new KeptExchange(context, budget);
  await exchange.keepRequest();
  let reply: Reply;
  try {
    reply = await next(context);
  } catch (error) {
    const status = FarthingError.isInstance(error) ? error.status : 500;
    const keeping = await exchange.keepReply({ status, complete: false, origin: null }, exchange.errorBody(error));
    const isGone = FarthingError.isInstance(error) && error.code === "client_closed";
    throw keeping === "refused" && !isGone ? exchange.refusal(error) : error;
  }
  if (reply.kind === "stream") return keepStream(context, reply, exchange);
  const keeping = await exchange.keepReply({ ...reply, complete: reply.end.complete }, [reply.body]);
  if (keeping === "refused") throw exchange.refusal();
  return reply;
}

function keepStream(context: Context, reply: StreamReply, exchange: KeptExchange): StreamReply {
  if (!exchange.isKeeping) return reply;
  return { ...reply, open: (sink) => new KeepingStream(context, reply, sink, exchange).start() };
}

/** Passes a stream on, gathers it, and holds its last bytes back until all of it is kept. */
class KeepingStream implements StreamSink, StreamControl {
  readonly #context: Context;
  readonly #reply: StreamReply;
  readonly #outer: StreamSink;
  readonly #exchange: KeptExchange;
  readonly #pieces: Uint8Array[] = [];
  #source: StreamControl | null = null;
  /** There was no room for a piece: what follows is not gathered. */
  #isCut = false;

  constructor(context: Context, reply: StreamReply, outer: StreamSink, exchange: KeptExchange) {
    this.#context = context;
    this.#reply = reply;
    this.#outer = outer;
    this.#exchange = exchange;
  }

  start(): StreamControl {
    try {
      this.#source = this.#reply.open(this);
    } catch (error) {
      void this.#exchange.keepReply({ ...this.#reply, complete: false }, this.#pieces);
      throw error;
    }
    if (this.#isRefused) this.#source.cancel();
    return this;
  }

  chunk(bytes: Uint8Array): boolean {
    if (!this.#isCut && this.#exchange.takeRoom(bytes.length)) this.#pieces.push(bytes);
    else this.#cut();
    // What a strict route does not keep, its caller does not get.
    return this.#isRefused || this.#outer.chunk(bytes);
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    void this.#keepAndEnd(lastBytes, end);
  }

  resume(): void {
    this.#source?.resume();
  }

  cancel(): void {
    this.#source?.cancel();
  }

  get #isRefused(): boolean {
    return this.#isCut && this.#exchange.isStrict;
  }

  #cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#exchange.tell("not-kept");
    raiseAlarm(this.#context, "bodies-unavailable", `too many streams are gathered: ${this.#context.requestId}`);
    if (this.#exchange.isStrict) this.#source?.cancel();
  }

  /** Never rejects. */
  async #keepAndEnd(lastBytes: Uint8Array, end: ReplyEnd): Promise<void> {
    const last = this.#isRefused ? this.#exchange.refusalEvent() : lastBytes;
    const complete = end.complete && !this.#isCut;
    const keeping = await this.#exchange.keepReply({ ...this.#reply, complete }, [...this.#pieces, last]);
    this.#pieces.length = 0;
    if (keeping === "refused") this.#endOuter(this.#exchange.refusalEvent(), { ...end, complete: false });
    else this.#endOuter(last, this.#isRefused ? { ...end, complete: false } : end);
  }

  /** Nobody stands above this call to catch what a stage outside throws. */
  #endOuter(lastBytes: Uint8Array, end: ReplyEnd): void {
    try {
      this.#outer.end(lastBytes, end);
    } catch (error) {
      raiseAlarm(this.#context, "stage-stepped-aside", `store-body: ${errorKindOf(error)}`);
    }
  }
}
