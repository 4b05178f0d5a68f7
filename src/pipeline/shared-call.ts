import type { ByteBudget } from "../kit/byte-budget.ts";
import { CancelSource } from "../kit/cancel-source.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { withoutHeaders } from "../kit/header-list.ts";
import { renderedErrorOf } from "../kit/rendered-error.ts";
import type { TeeReader } from "../kit/tee-reader.ts";
import { StreamTee, type TeeLimits } from "../kit/tee-stream.ts";
import type { Context } from "../spec/context.ts";
import type { Reply, ReplyEnd } from "../spec/reply.ts";
import type { Handler } from "../spec/stage.ts";
import { answeringModelOf } from "./explain.ts";
import { GatheredStream } from "./gathered-stream.ts";
import { SharedForms } from "./render-shared.ts";
import { isInForm } from "./replay-answer.ts";

/** Callers that may share one call. */
const followersMax = 4_096;
/** About the leader's own connection to the provider; no other caller's business. */
const privateHeaders: ReadonlySet<string> = new Set(["set-cookie", "set-cookie2"]);

/** A follower that waits for the headers of the answer. */
interface Waiter {
  readonly context: Context;
  readonly resolve: (reply: Reply | null | Promise<Reply | null>) => void;
  readonly reject: (error: unknown) => void;
  readonly leave: () => void;
}

/**
 * One call that several requests share: the leader's, whose row carries its attempts. It lives under a signal of its own,
 * so that it is cut only when nobody waits any more. Whatever becomes of it becomes of all: followers get the leader's
 * answer, its upstream error or its failure, and none of them tries again by itself. Followers that asked in another form
 * get the answer rendered in theirs when it is whole.
 */
export class SharedCall {
  readonly #leader: Context;
  readonly #limits: TeeLimits;
  readonly #budget: ByteBudget;
  readonly #onOver: () => void;
  readonly #controller = new CancelSource();
  readonly #waiters = new Set<Waiter>();
  #followers = 0;
  #leaderLeft = false;
  #over = false;
  #tee: StreamTee | null = null;
  #stream: Reply | null = null;
  #owner: TeeReader | null = null;
  readonly #forms: SharedForms;
  /** Reads a stream for followers that want the answer whole. */
  #gathered: GatheredStream | null = null;

  /** @param onOver called once, when nobody can join any more. */
  constructor(leader: Context, limits: TeeLimits, budget: ByteBudget, onOver: () => void) {
    this.#leader = leader;
    this.#forms = new SharedForms(leader);
    this.#limits = limits;
    this.#budget = budget;
    this.#onOver = onOver;
  }

  /** Whether a caller that comes now can still be given the whole answer. */
  get canJoin(): boolean {
    return !this.#over && this.#followers < followersMax && (this.#tee?.joinable ?? true);
  }

  /**
   * Whether this caller can be given the answer: as it comes, or rendered when it is whole. Of two streams in different
   * forms the second would begin when the first one ends, so it is better asked for by itself.
   */
  canServe(context: Context): boolean {
    return this.#isInForm(context) || !(this.#leader.request.stream && context.request.stream);
  }

  /** The request that pays. */
  get leader(): Context {
    return this.#leader;
  }

  /** The leader's own request. */
  async lead(next: Handler): Promise<Reply> {
    const { signal } = this.#leader;
    signal.addEventListener("abort", this);
    try {
      const reply = await next({ ...this.#leader, signal: this.#controller.signal });
      return reply.kind === "stream" ? this.#leadStream(reply) : this.#finishWhole(reply);
    } catch (error) {
      this.#close();
      for (const waiter of this.#takeWaiters()) waiter.reject(error);
      throw error;
    } finally {
      if (this.#owner === null) signal.removeEventListener("abort", this);
    }
  }

  /**
   * Another caller's request for the same. Rejects with the leader's error, or `client_closed` when this caller leaves. Null:
   * the answer cannot be said in the form in which this caller asked.
   */
  async follow(context: Context): Promise<Reply | null> {
    this.#followers++;
    if (this.#stream !== null) return this.#streamFor(context, this.#stream);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiters.delete(waiter);
        reject(new FarthingError("client_closed", "The caller left before the shared answer."));
        this.#cutIfAlone();
      };
      const waiter: Waiter = { context, resolve, reject, leave };
      this.#waiters.add(waiter);
      context.signal.addEventListener("abort", leave, { once: true });
      if (context.signal.aborted) leave();
    });
  }

  /** The model behind the answer, once it began. */
  get model(): string | null {
    return answeringModelOf(this.#leader.journal.entries);
  }

  /** The leader's caller left. */
  handleEvent(): void {
    this.#leaderLeft = true;
    if (this.#owner !== null) this.#owner.cancel();
    else this.#cutIfAlone();
  }

  #cutIfAlone(): void {
    if (!this.#leaderLeft || this.#waiters.size > 0 || this.#owner !== null) return;
    this.#close();
    this.#controller.abort();
  }

  #finishWhole(reply: Reply): Reply {
    this.#close();
    for (const waiter of this.#takeWaiters()) waiter.resolve(this.#wholeFor(waiter.context, reply));
    return reply;
  }

  #isInForm(context: Context): boolean {
    const { dialect, stream, streamUsage } = this.#leader.request;
    return isInForm({ dialect, kind: stream ? "stream" : "whole", streamUsage }, context);
  }

  #wholeFor(context: Context, reply: Reply): Reply | null {
    const shared = this.#replyFor(reply);
    return shared.kind !== "whole" || this.#isInForm(context) ? shared : this.#forms.whole(context, shared);
  }

  #streamFor(context: Context, reply: Reply): Reply | Promise<Reply | null> {
    return this.#isInForm(context) ? this.#replyFor(reply) : this.#gather(context);
  }

  /** The stream's answer when it is whole, for a follower that asked in another form. */
  async #gather(context: Context): Promise<Reply | null> {
    const gathered = (this.#gathered ??= new GatheredStream(this.#joinTee(), this.#limits.bytesMax));
    const bytes = await gathered.read(context.signal);
    if (gathered.isLeft && this.#gathered === gathered) this.#gathered = null;
    if (bytes === null) return null;
    if (!bytes.end.complete) throw new FarthingError("upstream_broken", "The shared answer broke off. Try again.");
    return this.#forms.stream(context, bytes);
  }

  #leadStream(reply: Extract<Reply, { kind: "stream" }>): Reply {
    const tee = new StreamTee(this.#watched(reply), this.#limits, this.#budget, this.#leader.ports.clock);
    this.#tee = tee;
    this.#stream = reply;
    const owner = tee.join(null, () => this.#cutBytes());
    this.#owner = owner;
    for (const waiter of this.#takeWaiters()) waiter.resolve(this.#streamFor(waiter.context, reply));
    if (this.#leaderLeft) owner.cancel();
    return { ...reply, open: (sink) => owner.open(sink) };
  }

  /** The source, with a look at its end: then the call is over. */
  #watched(reply: Extract<Reply, { kind: "stream" }>): Extract<Reply, { kind: "stream" }> {
    return {
      ...reply,
      open: (sink) =>
        reply.open({
          chunk: (bytes) => sink.chunk(bytes),
          end: (lastBytes, end) => {
            this.#close();
            this.#leader.signal.removeEventListener("abort", this);
            sink.end(lastBytes, end);
          },
        }),
    };
  }

  #replyFor(reply: Reply): Reply {
    const headers = withoutHeaders(reply.headers, privateHeaders);
    if (reply.kind === "whole") return { ...reply, headers, origin: "coalesced", end: this.#endFor(reply.end) };
    const reader = this.#joinTee();
    return { ...reply, headers, origin: "coalesced", open: (sink) => reader.open(sink) };
  }

  #joinTee(): TeeReader {
    const reader = this.#tee?.join(
      (end) => this.#endFor(end),
      () => this.#cutBytes(),
    );
    if (reader !== undefined) return reader;
    throw new FarthingError("internal_error", "A shared stream lost its source. Please report this.");
  }

  /** A follower bought nothing: it reuses what the leader bought. */
  #endFor(end: ReplyEnd): ReplyEnd {
    const purchase = this.#leader.attempts.entries.at(-1);
    const { id: boughtBy } = this.#leader;
    const reused =
      purchase === undefined
        ? null
        : { boughtBy, endpointId: purchase.endpointId, vendor: purchase.vendor, model: purchase.model };
    return { ...end, call: null, reused, settled: null };
  }

  #cutBytes(): Uint8Array {
    const { ports, request, requestId } = this.#leader;
    const error = new FarthingError("upstream_broken", "This answer was shared and read too slowly. Try again.");
    return ports.dialects[request.dialect].renderStreamError(renderedErrorOf(error, request.dialect, requestId));
  }

  #takeWaiters(): readonly Waiter[] {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const { context, leave } of waiters) context.signal.removeEventListener("abort", leave);
    return waiters;
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver();
  }
}
