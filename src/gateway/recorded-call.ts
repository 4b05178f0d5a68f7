import type { Identity } from "../assembly/access/credentials.ts";
import { takeWishes } from "../assembly/caller-wishes.ts";
import type { EngineCall } from "../assembly/engine.ts";
import { largeBodyBytesMin } from "../assembly/large-bodies/large-bodies.ts";
import { parseJsonBody } from "../assembly/large-bodies/parse-json-body.ts";
import { CancelSource } from "../kit/cancel-source.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { requestIdOf } from "../kit/request-id.ts";
import type { AskedHow } from "../spec/body-store.ts";
import type { Scope } from "../spec/caller.ts";
import type { Dialect } from "../spec/dialect.ts";
import { readClaims } from "./read-claims.ts";
import { readDocuments } from "./read-documents.ts";
import { readHead } from "./read-head.ts";

/** A call that somebody wrote down. */
export interface RecordedCall {
  readonly dialect: Dialect;
  /** Where the dialect keeps model and mode out of the body, the path that tells; null: the dialect's own. */
  readonly path: string | null;
  /** Names and values in turn, as the client sent them; credentials are passed over. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly identity: Identity;
  readonly id: bigint;
  readonly atMs: number;
  /** Monotonic time of now: time limits count from here. */
  readonly nowUs: number;
  readonly jsonDepthMax: number;
}

/**
 * The call as the traffic listener would hand it to the engine: one reading of headers, claims and wishes for both.
 * @throws FarthingError as the listener would refuse it; `body_too_large` for bodies that need a thread of their own.
 */
export function engineCallOf(recorded: RecordedCall): EngineCall {
  const { dialect, body, identity, id, atMs } = recorded;
  const document = parseRecorded(body, recorded.jsonDepthMax);
  const head = readHead(recorded.headers);
  const path = recorded.path === null ? undefined : (dialect.matchPath(recorded.path) ?? undefined);
  const request = dialect.readRequest(document, body.length, path);
  head.forward.push("accept-encoding", "identity");
  return {
    id,
    requestId: requestIdOf(id),
    ...takeWishes(head.wishes, request),
    rawBody: body,
    query: "",
    headers: head.forward,
    identity,
    claims: readClaims(head, request.rest, identity.pinnedClaims),
    documents: readDocuments(head.documents),
    bypass: false,
    clientRetries: 0,
    signal: new CancelSource().signal,
    arrivedAtMs: atMs,
    arrivedAtUs: recorded.nowUs,
  };
}

/** A request that the store of bodies kept. */
export interface KeptCall {
  readonly dialect: Dialect;
  readonly owner: Scope;
  readonly asked: AskedHow;
  readonly body: Uint8Array;
  readonly id: bigint;
  readonly atMs: number;
  readonly nowUs: number;
  readonly jsonDepthMax: number;
}

/** As {@link engineCallOf} for a request of a local key that was kept with how it was asked. */
export function keptCallOf({ dialect, owner, asked, body, id, atMs, nowUs, jsonDepthMax }: KeptCall): EngineCall {
  const { model, stream, query, headers, claims, documents, cacheControl, callerKind, keyId } = asked;
  const bytes = Buffer.from(body);
  const path = dialect.path.includes("{model}") ? { model, stream } : undefined;
  const request = dialect.readRequest(parseRecorded(bytes, jsonDepthMax), bytes.length, path);
  const identity = { kind: callerKind, keyId, scope: owner, providerKey: null, pinnedClaims: {}, untilMs: Infinity };
  return {
    ...takeWishes(null, request),
    cacheControl,
    id,
    requestId: requestIdOf(id),
    rawBody: bytes,
    query,
    headers,
    identity,
    claims,
    documents,
    bypass: false,
    clientRetries: 0,
    signal: new CancelSource().signal,
    arrivedAtMs: atMs,
    arrivedAtUs: nowUs,
  };
}

function parseRecorded(body: Buffer, jsonDepthMax: number): unknown {
  if (body.length >= largeBodyBytesMin)
    throw new FarthingError("body_too_large", `A recorded body may have ${largeBodyBytesMin} bytes at most.`);
  return parseJsonBody(body, jsonDepthMax);
}
