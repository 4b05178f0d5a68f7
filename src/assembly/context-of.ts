import { createAttemptLog } from "../pipeline/attempt-log.ts";
import { createJournal } from "../pipeline/journal.ts";
import { promptBytesOf } from "../pipeline/prompt-bytes.ts";
import { noCacheWishes } from "../spec/cache-control.ts";
import type { Context } from "../spec/context.ts";
import type { Ports } from "../spec/ports.ts";
import type { ModelRequest, RequestEdit } from "../spec/request.ts";
import { callerOf } from "./access/credentials.ts";
import { targetAsAsked } from "./as-asked-target.ts";
import type { EngineCall } from "./engine.ts";
import type { LiveConfig } from "./live-config.ts";
import { matchRoute } from "./match-route.ts";

const noEdit: RequestEdit = {};

/** What the stages get to know of a call under the config in force. `off`: the off switch bypasses every optimisation. */
export function contextOf(call: EngineCall, live: LiveConfig, off: boolean): Context {
  const { request, identity, claims } = call;
  const { config, ports } = live;
  const target = targetAsAsked(config, request, identity.kind, ports.translator);
  const route = matchRoute(config.routes, request, claims, () => promptTokensOf(request, ports));
  return {
    id: call.id,
    requestId: call.requestId,
    request,
    rawBody: call.rawBody,
    query: call.query,
    headers: call.headers,
    caller: callerOf(identity, target.endpoint.id, claims),
    route,
    arrivedAtMs: call.arrivedAtMs,
    arrivedAtUs: call.arrivedAtUs,
    deadlineUs: call.arrivedAtUs + route.timeouts.totalMs * 1000,
    signal: call.signal,
    bypass: call.bypass || off,
    targets: [target],
    answerKey: undefined,
    cacheControl: call.cacheControl ?? noCacheWishes,
    documents: call.documents ?? [],
    attemptIndex: 0,
    edit: call.leaveOut === undefined ? noEdit : { leaveOut: call.leaveOut },
    clientRetries: call.clientRetries,
    ports,
    journal: createJournal(),
    attempts: createAttemptLog(),
  };
}

/** The size a rule's `promptTokensMin` and `Max` speak of. */
export function promptTokensOf(request: ModelRequest, { dialects, estimator }: Ports): number {
  const bytes = promptBytesOf(request, dialects);
  return estimator.estimate(request.model, bytes, 0).tokens.input ?? 0;
}
