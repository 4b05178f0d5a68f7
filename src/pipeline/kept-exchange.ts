import type { ByteBudget } from "../kit/byte-budget.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { renderedErrorOf } from "../kit/rendered-error.ts";
import type { AnswerTicket } from "../spec/answer-store.ts";
import type { AskedHow, BodyStore } from "../spec/body-store.ts";
import type { Scope } from "../spec/caller.ts";
import type { Context } from "../spec/context.ts";
import type { Origin } from "../spec/reply.ts";
import { errorKindOf, raiseAlarm } from "./raise-alarm.ts";

/** What became of an answer that had to be kept. `refused`: it was not, and the caller must not have it. */
export type Keeping = "kept" | "not-kept" | "refused";

/** How a reply ended. */
export interface ReplyToKeep {
  readonly status: number;
  readonly complete: boolean;
  /** Null: an error of ours. */
  readonly origin: Origin | null;
}

/** One exchange that its route keeps. It writes the one line of the journal. */
export class KeptExchange {
  readonly #context: Context;
  readonly #budget: ByteBudget;
  #store: BodyStore | null;
  #user: Scope | null = null;
  #isTold = false;
  #bytesTaken = 0;

  /** @param budget bytes of streams that are gathered. */
  constructor(context: Context, budget: ByteBudget) {
    this.#context = context;
    this.#budget = budget;
    this.#store = context.ports.bodies;
  }

  /** The request must be kept, or nothing may be sent. */
  get isStrict(): boolean {
    return this.#context.route.compliance;
  }

  /** Resolves when the request is on disk. @throws FarthingError `body_store_unavailable` when a strict route's is not. */
  async keepRequest(): Promise<void> {
    const { id, caller, route, request, rawBody, arrivedAtMs: atMs, ports } = this.#context;
    const { resource, dialect } = request;
    const called = resource === undefined ? request.model : `${resource.method} ${resource.path}`;
    try {
      const { user } = caller.claims;
      this.#user = user === undefined ? null : (ports.digest(caller.scope, `user:${user}`) as Scope);
      if (this.#store === null) throw new Error("there is no store of bodies");
      const about = { id, owner: caller.scope, user: this.#user, route: route.name, dialect, called, atMs };
      await this.#store.keepRequest({ ...about, asked: await askedHow(this.#context), body: rawBody });
    } catch (error) {
      this.#store = null;
      this.#alarm("request", error);
      this.tell("not-kept");
      if (this.isStrict) throw this.refusal(error);
    }
  }

  /** Never rejects. A request that was not kept has no reply to keep. @param end.origin null: an error of ours. */
  async keepReply(end: ReplyToKeep, pieces: readonly Uint8Array[]): Promise<Keeping> {
    if (this.#store === null) return "not-kept";
    const { id, caller, ports, attempts } = this.#context;
    try {
      const { status, complete, origin } = end;
      const atMs = ports.clock.nowMs();
      const call = attempts.entries.at(-1);
      const answered = { origin, endpointId: call?.endpointId ?? null, model: call?.model ?? null };
      const about = { id, owner: caller.scope, user: this.#user, atMs };
      await this.#store.keepReply({ ...about, status, complete, answered, pieces });
      this.tell("kept");
      return "kept";
    } catch (error) {
      this.#alarm("reply", error);
      this.tell("not-kept");
      return this.isStrict ? "refused" : "not-kept";
    } finally {
      this.#budget.give(this.#bytesTaken);
      this.#bytesTaken = 0;
    }
  }

  /** Room for a piece of a stream; false: there is none, for this piece and all that follow. */
  takeRoom(bytes: number): boolean {
    if (!this.#budget.take(bytes)) return false;
    this.#bytesTaken += bytes;
    return true;
  }

  /** Whether streams are to be gathered at all. */
  get isKeeping(): boolean {
    return this.#store !== null;
  }

  /** What the caller of a strict route gets in place of an answer. */
  refusal(cause?: unknown): FarthingError {
    const { name } = this.#context.route;
    const message = `The route ${name} keeps requests and replies, and this one cannot be kept now. Try again in a moment.`;
    return new FarthingError("body_store_unavailable", message, cause === undefined ? {} : { cause });
  }

  /** The refusal as the dialect's event inside a stream; nothing where that fails: the connection is then cut. */
  refusalEvent(): Uint8Array {
    const { ports, request, requestId } = this.#context;
    try {
      return ports.dialects[request.dialect].renderStreamError(
        renderedErrorOf(this.refusal(), request.dialect, requestId),
      );
    } catch {
      return new Uint8Array(0);
    }
  }

  /** An error of ours as the caller gets it; nothing for one who left. */
  errorBody(error: unknown): readonly Uint8Array[] {
    if (!FarthingError.isInstance(error) || error.code === "client_closed") return [];
    const { ports, request, requestId } = this.#context;
    try {
      return [ports.dialects[request.dialect].renderError(renderedErrorOf(error, request.dialect, requestId))];
    } catch {
      return [];
    }
  }

  /** The line of the journal; the first word counts. */
  tell(reason: "kept" | "not-kept"): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const decision = reason === "kept" ? "keep" : this.isStrict ? "refuse" : "go on without";
    this.#context.journal.append({ stage: "store-body", decision, reason });
  }
  #alarm(part: "request" | "reply", error: unknown): void {
    const { requestId, route } = this.#context;
    const detail = `the ${part} of ${requestId} on route ${route.name} was not kept: ${errorKindOf(error)}`;
    raiseAlarm(this.#context, "bodies-unavailable", detail);
  }
}

async function askedHow(context: Context): Promise<AskedHow> {
  const { request, query, headers, caller, documents, cacheControl } = context;
  const { dialect, model, stream, resource } = request;
  const { kind: callerKind, keyId, claims } = caller;
  const isResource = resource !== undefined;
  const who = { callerKind, keyId, claims };
  const ticket = await ticketOf(context);
  return { dialect, isResource, model, stream, query, headers, ...who, documents, cacheControl, ticket };
}

/** With it an answer that was kept can be stored later, and what was called back since stays dead. */
async function ticketOf({ route, caller, ports }: Context): Promise<AnswerTicket | null> {
  if (!route.exactCache.enabled || route.compliance) return null;
  try {
    return await ports.answers.ticketOf(caller.scope, ports.clock.nowMs());
  } catch {
    return null;
  }
}
