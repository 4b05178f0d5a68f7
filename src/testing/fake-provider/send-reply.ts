import type { Behaviour } from "./behaviour.ts";
import type { CallEnd } from "./call-log.ts";
import { unpaced, type Pacing } from "./pacing.ts";
import type { Piece, PreparedReply } from "./prepared-reply.ts";
import type { Wire } from "./wire.ts";

/** Pieces that are due at once leave together, up to so many characters. */
const batchLength = 64 * 1_024;

/** What became of a response. */
export interface SendResult {
  readonly end: CallEnd;
  /** Tokens generated until it was over, reasoning included. */
  readonly generated: number;
  readonly usageDelivered: boolean;
}

const reasonPhrases: Readonly<Record<number, string>> = { 200: "OK", 400: "Bad Request", 401: "Unauthorized" };

/** Status line and headers of a response. `bodyBytes` null: chunked; `untilClose`: the end of the connection ends it. */
export function responseHead(
  status: number,
  headers: string,
  contentType: string,
  bodyBytes: number | null | "until-close",
  keepAlive: boolean,
): string {
  const framing =
    bodyBytes === "until-close"
      ? ""
      : bodyBytes === null
        ? "transfer-encoding: chunked\r\n"
        : `content-length: ${bodyBytes}\r\n`;
  const connection = keepAlive && bodyBytes !== "until-close" ? "keep-alive" : "close";
  return `HTTP/1.1 ${status} ${reasonPhrases[status] ?? "Answer"}\r\ncontent-type: ${contentType}\r\n${headers}${framing}connection: ${connection}\r\n\r\n`;
}

/** The pieces that a scenario leaves of a stream, and how it then ends. */
function shortened(
  reply: PreparedReply,
  behaviour: Behaviour,
): { readonly pieces: readonly Piece[]; readonly end: CallEnd } {
  const most = behaviour.errorEventAfter ?? behaviour.truncateAfter ?? behaviour.stallAfter;
  if (most === undefined || !reply.stream) return { pieces: reply.pieces, end: "complete" };
  let content = 0;
  const at = reply.pieces.findIndex((piece) => (piece.isContent ? ++content > most : content > 0 && content >= most));
  if (at < 0) return { pieces: reply.pieces, end: "complete" };
  const kept = reply.pieces.slice(0, at);
  if (behaviour.stallAfter !== undefined) return { pieces: kept, end: "peer-cut" };
  if (behaviour.errorEventAfter === undefined) return { pieces: kept, end: "truncated" };
  const generated = kept.at(-1)?.generated ?? 0;
  return {
    pieces: [...kept, { text: errorEventOf(reply, kept.length), generated, isContent: false, isUsage: false }],
    end: "error-event",
  };
}

function errorEventOf({ errorEvent }: PreparedReply, eventsSent: number): string {
  return typeof errorEvent === "string" ? errorEvent : errorEvent(eventsSent);
}

/** Waits as long as the generation of a whole answer takes; tells how much was generated when the client left meanwhile. */
async function generateWhole(wire: Wire, pacing: Pacing, tokens: number): Promise<number | null> {
  if (pacing === unpaced) return null;
  const startedMs = performance.now();
  if (await wire.sleep(pacing.firstTokenMs + tokens * pacing.perTokenMs)) return null;
  const sinceFirstMs = performance.now() - startedMs - pacing.firstTokenMs;
  return sinceFirstMs < 0 ? 0 : Math.min(tokens, Math.floor(sinceFirstMs / Math.max(pacing.perTokenMs, 0.001)));
}

/** Sends a prepared reply at its pace, with whatever the scenario does to it. */
export async function sendReply(
  wire: Wire,
  reply: PreparedReply,
  behaviour: Behaviour,
  pacing: Pacing,
  keepAlive: boolean,
): Promise<SendResult> {
  const generated = reply.reasoningTokens + reply.outputTokens;
  if (reply.stream) return sendStream(wire, reply, behaviour, pacing, keepAlive);
  const cutAt = await generateWhole(wire, pacing, generated);
  if (cutAt !== null) return { end: "peer-cut", generated: cutAt, usageDelivered: false };
  const body = reply.pieces[0]?.bytes ?? Buffer.from(reply.pieces[0]?.text ?? "");
  const framing = behaviour.endEarlyAtByte === undefined ? body.length : "until-close";
  const head = Buffer.from(responseHead(reply.status, reply.headers, reply.contentType, framing, keepAlive), "latin1");
  const sent = await wire.send(Buffer.concat([head, body]));
  const all = wire.bytesSent === head.length + body.length && wire.cutAtMs === null;
  const end = sent ? "complete" : (wire.brokenOff ?? "peer-cut");
  return { end, generated, usageDelivered: all && reply.pieces[0]?.isUsage === true };
}

async function sendStream(
  wire: Wire,
  reply: PreparedReply,
  behaviour: Behaviour,
  pacing: Pacing,
  keepAlive: boolean,
): Promise<SendResult> {
  const { pieces, end } = shortened(reply, behaviour);
  const untilClose = behaviour.endEarlyAtByte !== undefined;
  const head = responseHead(
    reply.status,
    reply.headers,
    reply.contentType,
    untilClose ? "until-close" : null,
    keepAlive,
  );
  const startedMs = performance.now();
  // The vendors send the head when the first token is there.
  const onTime = pacing === unpaced || (await wire.sleep(pacing.firstTokenMs));
  if (!onTime) return { end: "peer-cut", generated: 0, usageDelivered: false };
  // A scenario that breaks off at a byte has to know which piece that byte is in.
  const oneByOne = behaviour.resetAtByte !== undefined || untilClose || behaviour.stallAfterBytes !== undefined;
  let generated = 0;
  let usageDelivered = false;
  let pending = head;
  for (let at = 0; at < pieces.length;) {
    const sinceFirstMs = performance.now() - startedMs - pacing.firstTokenMs;
    let hasUsage = false;
    const from = at;
    for (let piece = pieces[at]; piece !== undefined && pending.length < batchLength; piece = pieces[at]) {
      if (piece.generated * pacing.perTokenMs > sinceFirstMs && pacing.perTokenMs > 0) break;
      pending += untilClose ? piece.text : framed(piece.text);
      generated = piece.generated;
      hasUsage ||= piece.isUsage;
      at += 1;
      if (oneByOne) break;
    }
    if (at === from) {
      const dueMs = (pieces[at]?.generated ?? 0) * pacing.perTokenMs - sinceFirstMs;
      if (!(await wire.sleep(Math.max(1, dueMs)))) return { end: "peer-cut", generated, usageDelivered };
      continue;
    }
    const bytes = Buffer.from(pending);
    const before = wire.bytesSent;
    pending = "";
    const goOn = await wire.send(bytes);
    if (hasUsage && wire.cutAtMs === null && wire.bytesSent - before === bytes.length) usageDelivered = true;
    if (!goOn) return { end: wire.brokenOff ?? "peer-cut", generated, usageDelivered };
  }
  if (end === "peer-cut") {
    await wire.untilGone();
    return { end, generated, usageDelivered };
  }
  if (!untilClose && !(await wire.send(Buffer.from("0\r\n\r\n")))) {
    return { end: wire.brokenOff ?? "peer-cut", generated, usageDelivered };
  }
  if (untilClose) wire.close();
  return { end, generated, usageDelivered };
}

/** One piece as one HTTP chunk, so that the client's parser sees the pieces apart. */
function framed(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}
