import type { Attempt, AttemptLog } from "../spec/attempt.ts";
import type { Caller, Scope } from "../spec/caller.ts";
import { noCacheWishes } from "../spec/cache-control.ts";
import type { Context } from "../spec/context.ts";
import type { Journal, JournalEntry } from "../spec/decision.ts";
import type { JsonObject } from "../spec/json.ts";
import type { ExactCachePolicy, Route } from "../spec/route.ts";
import type { DialectName } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";
import { noQuirks } from "../spec/quirks.ts";
import { plainRequest } from "./plain-dialect.ts";
import { createStagePorts, type StagePorts } from "./stage-ports.ts";

/** An endpoint of a vendor of its own name. */
export function stageEndpoint(id: string, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    id,
    vendor: id,
    origin: `https://${id}.test`,
    basePath: "",
    dialects: ["openai-chat", "anthropic-messages"],
    keyHeader: "authorization",
    keyPrefix: "Bearer ",
    requestIdHeader: "x-request-id",
    quirks: noQuirks,
    serverKey: `server-key-of-${id}`,
    ...changes,
  };
}

/** A cache that is off, with the stated defaults. */
export function stageCache(changes: Partial<ExactCachePolicy> = {}): ExactCachePolicy {
  return {
    enabled: false,
    contentClass: "unlabelled",
    ttlMs: 3_600_000,
    staleMs: 0,
    refusalMs: 30_000,
    entryBytesMax: 1_048_576,
    isolation: "tenant",
    normalised: false,
    acrossDialects: false,
    pureTools: [],
    variety: false,
    usefulShareMin: 0.15,
    ...changes,
  };
}

/** A route with everything off but retries, and the stated defaults. */
export function stageRoute(changes: Partial<Route> = {}): Route {
  return {
    name: "default",
    match: {},
    compliance: false,
    storeBodies: false,
    exactCache: stageCache(),
    addStreamUsage: true,
    coalesce: { enabled: false },
    rules: [],
    retry: { enabled: true, attemptsMax: 3, backoffMs: 250, backoffMsMax: 300_000, retryAmbiguous: false },
    timeouts: { connectMs: 5_000, firstByteMs: 600_000, idleMs: 300_000, totalMs: 600_000 },
    abort: { mode: "cut", drainMsMax: 10_000, drainBytesMax: 1_048_576 },
    ...changes,
  };
}

/** A caller with a local key of one tenant. */
export function stageCaller(changes: Partial<Caller> = {}): Caller {
  return {
    kind: "local-key",
    keyId: "key-1",
    scope: "tenant-1" as Scope,
    providerKey: null,
    endpointId: null,
    claims: { tags: [] },
    ...changes,
  };
}

/** A context under test, with ports that can be looked into and a hand on the caller's leaving. */
export interface StageContext extends Context {
  readonly ports: StagePorts;
}

/** What a test may say about its request. */
export interface StageContextOptions {
  readonly body?: JsonObject;
  /** Default openai-chat. */
  readonly dialect?: DialectName;
  readonly ports?: StagePorts;
  readonly changes?: Partial<Omit<Context, "ports" | "request" | "rawBody">>;
}

let lastId = 0n;

/** A request of `model-a` at the endpoint `first`, as the surface would hand it over. */
export function createStageContext({
  body = {},
  dialect = "openai-chat",
  ports = createStagePorts(),
  changes = {},
}: StageContextOptions = {}): StageContext {
  const document: JsonObject = { model: "model-a", text: "hello", ...body };
  const rawBody = new TextEncoder().encode(JSON.stringify(document));
  const request = plainRequest(document, rawBody.length, dialect);
  const route = changes.route ?? stageRoute();
  lastId += 1n;
  return {
    id: lastId,
    requestId: `fr_${lastId.toString(36)}`,
    request,
    rawBody,
    query: "",
    headers: ["content-type", "application/json"],
    caller: stageCaller(),
    route,
    arrivedAtMs: ports.clock.nowMs(),
    arrivedAtUs: ports.clock.monotonicUs(),
    deadlineUs: ports.clock.monotonicUs() + route.timeouts.totalMs * 1_000,
    signal: new AbortController().signal,
    bypass: false,
    targets: [{ endpoint: stageEndpoint("first"), model: request.model }],
    answerKey: undefined,
    cacheControl: noCacheWishes,
    documents: [],
    attemptIndex: 0,
    edit: {},
    clientRetries: 0,
    ports,
    journal: createArrayJournal(),
    attempts: createArrayAttempts(),
    ...changes,
  };
}

/** A journal that is an array. */
export function createArrayJournal(): Journal {
  const entries: JournalEntry[] = [];
  return { entries, append: (entry) => void entries.push(entry) };
}

/** A log of calls that is an array. */
export function createArrayAttempts(): AttemptLog {
  const entries: Attempt[] = [];
  return { entries, append: (attempt) => void entries.push(attempt) };
}
