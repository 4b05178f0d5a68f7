import { CancelSource } from "../kit/cancel-source.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { renderedErrorOf } from "../kit/rendered-error.ts";
import { requestIdOf } from "../kit/request-id.ts";
import type { Context } from "../spec/context.ts";
import type { Dialect } from "../spec/dialect.ts";
import type { ModelRequest } from "../spec/request.ts";
import type { Reply, StreamSink } from "../spec/reply.ts";
import type { Identity } from "../assembly/access/credentials.ts";
import { largeBodyBytesMin } from "../assembly/large-bodies/large-bodies.ts";
import { type CallerWishes, takeWishes } from "../assembly/caller-wishes.ts";
import { parseJsonBody } from "../assembly/large-bodies/parse-json-body.ts";
import { authenticate } from "./authenticate.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import { checkModel, checkScope } from "./check-rights.ts";
import { countHere } from "./count-here.ts";
import { queryOf } from "./check-target.ts";
import type { CalledDialect } from "./find-dialect.ts";
import { type FailedRequest, logBrokenStream, logDefect, logFailure } from "./log-failure.ts";
import { takeQueryKey } from "./query-key.ts";
import { checkBodyHead, checkBodySize, readBody } from "./read-body.ts";
import { readClaims } from "./read-claims.ts";
import { readDocuments } from "./read-documents.ts";
import { checkSharedState } from "./check-shared-state.ts";
import { readResourceRequest } from "./read-resource-request.ts";
import type { RequestHead } from "./read-head.ts";
import { callerHeaders, pushExplanation, pushSettlement } from "./reply-headers.ts";
import { WritePace } from "./stalled-readers.ts";
import { StreamWriter } from "./stream-writer.ts";
import { asFarthingError, type OpenCall, type Surface } from "./surface.ts";
import { writeJson, writeWhole } from "./write-answer.ts";
import { writeError } from "./write-error.ts";

/** Takes a stream that nobody reads any more. */
const nobody: StreamSink = { chunk: () => true, end: () => undefined };

/**
 * One call of a model over HTTP, from its headers to its last byte. Nothing it does rejects or throws: whatever goes wrong
 * becomes an answer in the caller's dialect or a cut connection.
 */
export class ModelCall implements OpenCall {
  slot = -1;
  readonly #surface: Surface;
  readonly #request: CallerRequest;
  readonly #response: CallerResponse;
  readonly #head: RequestHead;
  readonly #dialect: Dialect;
  readonly #called: CalledDialect;
  readonly #abort: CancelSource = new CancelSource();
  readonly #id: bigint;
  readonly #requestId: string;
  /** Query of the caller's URL with its `?`, or empty. */
  #query: string;
  #context: Context | null = null;
  /** While the body comes: tells its reader that no more will. */
  #leaveBody: (() => void) | null = null;
  #writer: StreamWriter | null = null;
  /** The caller left, or was told off already: what still comes is for nobody. */
  #over = false;
  /** Made at the first look: most calls end before it. */
  #pace: WritePace | null = null;

  constructor(
    surface: Surface,
    request: CallerRequest,
    response: CallerResponse,
    head: RequestHead,
    called: CalledDialect,
  ) {
    this.#surface = surface;
    this.#request = request;
    this.#response = response;
    this.#head = head;
    this.#dialect = called.dialect;
    this.#called = called;
    this.#query = queryOf(request.url ?? "");
    this.#id = surface.engine.newId();
    this.#requestId = requestIdOf(this.#id);
  }

  /** Answers the call. Resolves when the answer was handed to the connection, or its stream has begun. */
  async run(): Promise<void> {
    this.#surface.openCalls.add(this);
    this.#response.on("close", () => this.#onClose());
    try {
      const { clock } = this.#surface.engine;
      const arrivedAtMs = clock.nowMs();
      const arrivedAtUs = clock.monotonicUs();
      const identity = this.#admit();
      const { bodyBytesMax } = this.#surface.engine.config.limits;
      const rawBody = await readBody(this.#request, bodyBytesMax, (leave) => (this.#leaveBody = leave));
      this.#leaveBody = null;
      const reading = this.#requestOf(rawBody);
      // No promise for the many small ones.
      const request = reading instanceof Promise ? await reading : reading;
      checkSharedState(request, identity, this.#surface.engine.credentials.tenantCount);
      const counted = countHere(this.#surface.engine, this.#dialect.name, identity.kind, request);
      if (counted !== null) return this.#writeCount(counted);
      const context = this.#contextOf(identity, request, rawBody, arrivedAtMs, arrivedAtUs);
      checkModel(identity, context);
      this.#context = context;
      this.#write(this.#context, await this.#surface.engine.handle(this.#context));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the call because the process ends: an error in the dialect, wherever the answer stands. */
  shutDown(): void {
    const error = new FarthingError("shutting_down", "The gateway is shutting down. Try again in a moment.");
    if (!this.#over) this.#logError(error);
    if (this.#writer !== null) {
      this.#writer.breakOff(
        this.#dialect.renderStreamError(renderedErrorOf(error, this.#dialect.name, this.#requestId)),
      );
    } else if (!this.#over) this.#answerError(error);
    this.#over = true;
    this.#abort.abort();
  }

  cutIfStalled(nowMs: number, limitMs: number): void {
    this.#pace ??= new WritePace();
    if (!this.#pace.isStalled(this.#response.socket, nowMs, limitMs)) return;
    const { statusCode: status } = this.#response;
    const message = `The caller took nothing of its answer for ${limitMs} ms; its connection was cut.`;
    logFailure(this.#surface.log, this.#named(), { event: "reader-stalled", status, code: "write_stalled", message });
    this.#response.destroy();
  }

  /** Who asks, and whether the body may come; before a byte of it is read. */
  #admit(): Identity {
    const { engine, openCalls } = this.#surface;
    const { limits } = engine.config;
    if (openCalls.size > limits.inFlightMax) throw overloaded();
    // Google's clients may send their key in the query; it must not travel on from there.
    if (this.#dialect.name === "gemini") this.#query = takeQueryKey(this.#query, this.#head);
    const identity = authenticate(this.#head, engine.credentials, engine.ownKeysAllowed);
    checkScope(identity, "models");
    if (this.#called.resource === undefined) checkBodyHead(this.#head, limits.bodyBytesMax);
    else this.#admitResource(limits.bodyBytesMax);
    if (this.#head.expectsContinue) this.#response.writeContinue();
    return identity;
  }

  /** Its body passes as it is, so what is said of its encoding passes too. */
  #admitResource(bytesMax: number): void {
    checkBodySize(this.#head, bytesMax);
    const { contentEncoding, forward } = this.#head;
    if (contentEncoding !== null) forward.push("content-encoding", contentEncoding);
  }

  /** What for, and whether it can be read at all. */
  #contextOf(
    identity: Identity,
    request: ModelRequest,
    rawBody: Buffer,
    arrivedAtMs: number,
    arrivedAtUs: number,
  ): Context {
    const { engine } = this.#surface;
    // Answers are read and kept as plain text; a provider that compressed anyway would cost a decoder on every call.
    this.#head.forward.push("accept-encoding", "identity");
    return engine.createContext({
      id: this.#id,
      requestId: this.#requestId,
      request,
      ...this.#wishesOf(request),
      rawBody,
      query: this.#query,
      headers: this.#head.forward,
      identity,
      claims: readClaims(this.#head, request.rest, identity.pinnedClaims),
      documents: readDocuments(this.#head.documents),
      bypass: this.#head.bypass,
      clientRetries: this.#head.clientRetries,
      signal: this.#abort.signal,
      arrivedAtMs,
      arrivedAtUs,
    });
  }

  /** What it wishes of the caches; null, at no cost, where it says nothing. */
  #wishesOf(request: ModelRequest): CallerWishes | null {
    const { wishes } = this.#head;
    return wishes === null && request.rest["cache"] === undefined ? null : takeWishes(wishes, request);
  }

  /** An estimate of ours, marked as one. */
  #writeCount(counted: object): void {
    if (this.#over) return;
    this.#response.setHeader("x-farthing-estimated", "true");
    writeJson(this.#request, this.#response, 200, counted);
  }

  #requestOf(rawBody: Buffer): ModelRequest | Promise<ModelRequest> {
    const { path, resource } = this.#called;
    if (resource !== undefined) {
      return readResourceRequest(this.#dialect.name, resource, this.#head.contentType, rawBody);
    }
    const { engine } = this.#surface;
    const { jsonDepthMax } = engine.config.limits;
    if (rawBody.length >= largeBodyBytesMin) {
      return engine.largeBodies.read(rawBody, this.#dialect.name, path, jsonDepthMax);
    }
    const document = parseJsonBody(rawBody, jsonDepthMax);
    return this.#dialect.readRequest(document, rawBody.length, path);
  }

  #write(context: Context, reply: Reply): void {
    if (this.#over) {
      if (reply.kind === "stream") reply.open(nobody).cancel();
      return;
    }
    const headers = callerHeaders(reply.headers, reply.kind === "stream");
    pushExplanation(headers, this.#requestId, this.#surface.engine.explain(context, reply));
    if (this.#surface.draining) headers.push("connection", "close");
    if (reply.kind === "stream") {
      this.#writer = new StreamWriter(this.#response, this.#head.streamSummary, (end) =>
        logBrokenStream(this.#surface.log, this.#named(), reply.status, end),
      );
      this.#writer.start(reply, headers);
      return;
    }
    pushSettlement(headers, reply.end);
    writeWhole(this.#request, this.#response, reply.status, headers, reply.body);
    if (reply.status < 500) return;
    const words = { code: "upstream_error", status: reply.status, message: "The provider's error was passed on." };
    logFailure(this.#surface.log, this.#named(), { event: "upstream-error", ...words });
  }

  #onClose(): void {
    this.#surface.openCalls.remove(this);
    this.#leaveBody?.();
    if (this.#response.writableEnded) return;
    this.#over = true;
    this.#writer?.leave();
    this.#abort.abort();
  }

  #fail(thrown: unknown): void {
    const error = asFarthingError(thrown);
    // A defect is told even where nobody waits for its answer any more.
    if (error.code === "internal_error") {
      logDefect(this.#surface.log, error.cause ?? error, this.#requestId, this.#named());
    }
    if (this.#over) return;
    if (error.code !== "internal_error" && this.#context !== null) this.#logError(error);
    else if (error.code !== "internal_error") this.#surface.countRejection(error, this.#requestId);
    this.#answerError(error);
  }

  #answerError(error: FarthingError): void {
    this.#over = true;
    if (this.#response.headersSent) this.#response.destroy();
    else writeError(this.#request, this.#response, this.#dialect, error, this.#requestId);
  }

  #logError({ code, status, message }: FarthingError): void {
    logFailure(this.#surface.log, this.#named(), { event: "request-failed", code, status, message });
  }

  #named(): FailedRequest {
    return { requestId: this.#requestId, dialect: this.#dialect.name, context: this.#context };
  }
}

function overloaded(): FarthingError {
  return new FarthingError("overloaded", "Too many requests are being answered here. Try again in a moment.");
}
