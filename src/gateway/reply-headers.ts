import { settlementTexts } from "../assembly/explain-reply.ts";
import type { Explanation } from "../assembly/explain-reply.ts";
import type { ReplyEnd } from "../spec/reply.ts";

/**
 * Headers of a provider that end here: they speak of its connection, of its own origin (a cookie, HSTS or another transport for its
 * host would be taken as ours), or are written anew.
 */
const dropped: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "set-cookie",
  "alt-svc",
  "strict-transport-security",
]);

/** Written anew for a stream. */
const droppedFromStreams: ReadonlySet<string> = new Set(["cache-control", "x-accel-buffering"]);

const spellingsMax = 512;
const fates = new Map<string, "keep" | "drop" | "drop-from-streams">();

/** The provider's headers that the caller gets, as names and values in turn; a fresh list, for more to be added. */
export function callerHeaders(headers: readonly string[], forStream: boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? "";
    const fate = fateOf(name);
    if (fate === "keep" || (fate === "drop-from-streams" && !forStream)) kept.push(name, headers[index + 1] ?? "");
  }
  return kept;
}

/** Adds the headers that explain a reply: what is known when it begins. */
export function pushExplanation(headers: string[], requestId: string, explanation: Explanation): void {
  headers.push(
    "x-farthing-request-id",
    requestId,
    "x-farthing-cache",
    explanation.cache,
    "x-farthing-model",
    headerText(explanation.model),
    "x-farthing-decision",
    headerText(explanation.decision),
  );
}

/** Adds the money of a settled reply. */
export function pushSettlement(headers: string[], end: ReplyEnd): void {
  if (end.settled === null) return;
  const { cost, saved } = settlementTexts(end.settled);
  headers.push("x-farthing-cost", cost, "x-farthing-saved", saved);
}

/** A model's name may hold anything; a header may not. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 1024);
}

function fateOf(spelling: string): "keep" | "drop" | "drop-from-streams" {
  const known = fates.get(spelling);
  if (known !== undefined) return known;
  const name = spelling.toLowerCase();
  const ends = dropped.has(name) || name.startsWith("x-farthing-");
  const fate = ends ? "drop" : droppedFromStreams.has(name) ? "drop-from-streams" : "keep";
  if (fates.size < spellingsMax) fates.set(spelling, fate);
  return fate;
}
