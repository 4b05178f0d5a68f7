import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { objectOf, textOf } from "../json-fields.ts";
import { isGiven } from "../read-count.ts";
import { callId } from "./call-id.ts";
import { memberOf, objectsOf } from "./field-names.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { hasCounts, readUsage } from "./read-usage.ts";

/** Highest index of a candidate that is told from others; the API gives out 8 at most. */
const candidateIndexMax = 127;

/** What later chunks of a stream need to know of earlier ones. */
export interface ChunkFold {
  started: boolean;
  responseId: string | null;
  /** Tool calls until now. */
  calls: number;
  /** Candidates that have begun, and those that told why they ended. */
  readonly begun: Set<number>;
  readonly finished: Set<number>;
  /** The prompt was refused: no candidate comes. */
  blocked: boolean;
  errored: boolean;
}

/** The state at the start of a stream. */
export function newFold(): ChunkFold {
  return {
    started: false,
    responseId: null,
    calls: 0,
    begun: new Set(),
    finished: new Set(),
    blocked: false,
    errored: false,
  };
}

/**
 * True when the stream may end here: there is no terminal event, but every candidate told why it ended, or the prompt was
 * blocked. A finished candidate may go on all the same, as older models give a reason with every chunk.
 */
export function mayEnd({ begun, finished, blocked, errored }: ChunkFold): boolean {
  return !errored && (blocked || (begun.size > 0 && begun.size === finished.size));
}

/** Which candidates are read: all of them, or the first one only. */
export type Candidates = "all" | "first";

/** The events of one chunk; of a whole answer too, which has the same shape. */
export function foldChunk(chunk: Readonly<JsonObject>, state: ChunkFold, candidates: Candidates): StreamEvent[] {
  const events: StreamEvent[] = [];
  foldStart(chunk, state, events);
  for (const candidate of objectsOf(chunk["candidates"])) {
    const position = candidate["index"];
    const index =
      typeof position === "number" && position >= 0 && position <= candidateIndexMax ? Math.floor(position) : 0;
    if (candidates === "all" || index === 0) foldCandidate(candidate, index, state, events);
  }
  foldBlock(chunk, state, events);
  const usage = memberOf(chunk, "usageMetadata");
  if (hasCounts(objectOf(usage))) events.push({ type: "usage-report", usage: readUsage(usage) });
  foldError(chunk, state, events);
  return events;
}

function foldStart(chunk: Readonly<JsonObject>, state: ChunkFold, events: StreamEvent[]): void {
  if (state.started) return;
  const responseId = textOf(memberOf(chunk, "responseId"));
  const servedModel = textOf(memberOf(chunk, "modelVersion"));
  if (responseId === null && servedModel === null) return;
  state.started = true;
  state.responseId = responseId;
  events.push({ type: "reply-start", responseId, servedModel });
}

function foldCandidate(candidate: Readonly<JsonObject>, index: number, state: ChunkFold, events: StreamEvent[]): void {
  state.begun.add(index);
  for (const part of objectsOf(objectOf(candidate["content"])?.["parts"])) foldPart(part, state, events);
  const reason = finishReasonOf(memberOf(candidate, "finishReason"), state.calls > 0);
  if (reason === null) return;
  state.finished.add(index);
  events.push({ type: "finish", reason });
}

function foldPart(part: Readonly<JsonObject>, state: ChunkFold, events: StreamEvent[]): void {
  const signature = textOf(memberOf(part, "thoughtSignature"));
  const call = objectOf(memberOf(part, "functionCall"));
  if (call !== null) foldCall(call, signature, state, events);
  else if (part["thought"] === true) foldThought(textOf(part["text"]), signature, events);
  else foldText(part["text"], signature, events);
}

/** Calls come whole, arguments and all. */
function foldCall(call: Readonly<JsonObject>, signature: string | null, state: ChunkFold, events: StreamEvent[]): void {
  const index = state.calls;
  state.calls += 1;
  const id = textOf(call["id"]) ?? callId(state.responseId, index);
  const signed = signature === null ? {} : { signature };
  events.push({ type: "tool-call-start", index, id, name: textOf(call["name"]) ?? "", ...signed });
  events.push({ type: "tool-call-delta", index, argumentsText: JSON.stringify(objectOf(call["args"]) ?? {}) });
}

/** An empty thought ends the one before it, with its proof where there is one. */
function foldThought(text: string | null, signature: string | null, events: StreamEvent[]): void {
  if (text !== null) events.push({ type: "reasoning-delta", text });
  if (text === null || signature !== null) events.push({ type: "reasoning-end", signature, redacted: null, id: null });
}

/** A signature may stand on an empty text: it comes with the last part of an answer. */
function foldText(value: JsonValue | undefined, signature: string | null, events: StreamEvent[]): void {
  const text = textOf(value) ?? "";
  if (signature !== null) events.push({ type: "text-delta", text, signature });
  else if (text !== "") events.push({ type: "text-delta", text });
}

function foldBlock(chunk: Readonly<JsonObject>, state: ChunkFold, events: StreamEvent[]): void {
  const reason = textOf(memberOf(objectOf(memberOf(chunk, "promptFeedback")), "blockReason"));
  if (reason === null || reason === "BLOCK_REASON_UNSPECIFIED" || state.blocked) return;
  state.blocked = true;
  events.push({ type: "finish", reason: "content-filter" });
}

/** An error after the 200 takes the place of a chunk. */
function foldError(chunk: Readonly<JsonObject>, state: ChunkFold, events: StreamEvent[]): void {
  if (!isGiven(chunk["error"])) return;
  state.errored = true;
  const error = objectOf(chunk["error"]);
  const message = textOf(error?.["message"]) ?? textOf(chunk["error"]) ?? "unknown error";
  const kind = textOf(error?.["status"]);
  events.push({ type: "stream-error", message, ...(kind === null ? {} : { kind }) });
}
