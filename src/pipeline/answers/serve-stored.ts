import { judgeFreshness, refusalLife } from "../../policies/freshness.ts";
import type { StoredAnswer } from "../../spec/answer-store.ts";
import type { Context } from "../../spec/context.ts";
import type { ReasonCode } from "../../spec/decision.ts";
import type { Reply } from "../../spec/reply.ts";
import { replayStored } from "../cached-answer.ts";
import { replayFor } from "../replay-answer.ts";
import type { Lookup } from "./admit-lookup.ts";
import type { RefreshFlights } from "./refresh-flights.ts";
import { snapshotWatchOf } from "./snapshot-watch.ts";

/** A stored answer on its way to the caller. */
export interface Serving {
  readonly reply: Reply;
  readonly reason: ReasonCode & `hit${string}`;
  /** Serving it once more made a refresh begin, which pays for it anew. */
  readonly refreshStarted: boolean;
}

/** What came of a stored answer; text: why it is not served. */
export function serveStored(
  context: Context,
  lookup: Lookup,
  stored: StoredAnswer,
  refreshes: RefreshFlights,
): Serving | string {
  if (stored.status !== 200) return serveRefusal(context, lookup, stored);
  const { ports, cacheControl } = context;
  if (snapshotWatchOf(ports.answers).isEnded(stored)) return "another snapshot answers now";
  const nowMs = ports.clock.nowMs();
  const freshness = judgeFreshness(stored, lookup.life, cacheControl, nowMs);
  if (freshness === "too-old") return "too old";
  const replay = replayFor(context, stored);
  if (replay === null) return "cannot be said in this form";
  const normalised = stored.asked !== lookup.asked;
  const reply: Reply = withAge({ ...replay, origin: normalised ? "normalised" : replay.origin }, stored, nowMs);
  if (freshness === "fresh") return { reply, reason: normalised ? "hit-normalised" : "hit", refreshStarted: false };
  const refresh = refreshes.ensure(context, lookup.scope, lookup.key);
  return refresh === null ? "stale" : { reply, reason: "hit-stale", refreshStarted: refresh === "started" };
}

/** A refusal goes to the very same request only, as the bytes it was; another form of it might be accepted. */
function serveRefusal(context: Context, { life, asked }: Lookup, stored: StoredAnswer): Serving | string {
  const { ports, request, route, cacheControl } = context;
  const sameMode = stored.kind === "whole" && stored.streamUsage === request.stream;
  const sameForm = sameMode && stored.dialect === request.dialect && stored.asked === asked;
  const own = refusalLife(life, route.exactCache.refusalMs);
  const nowMs = ports.clock.nowMs();
  if (!sameForm || own === null || judgeFreshness(stored, own, cacheControl, nowMs) !== "fresh")
    return "refused before";
  return { reply: withAge(replayStored(stored), stored, nowMs), reason: "hit-refusal", refreshStarted: false };
}

/** Callers may see how old it is: seconds, RFC 9111 5.1. */
function withAge(reply: Reply, { storedAtMs }: StoredAnswer, nowMs: number): Reply {
  const ageS = Math.max(0, Math.floor((nowMs - storedAtMs) / 1_000));
  return { ...reply, headers: [...reply.headers, "age", String(ageS)] };
}
