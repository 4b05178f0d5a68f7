import { concatBytes } from "../../kit/concat-bytes.ts";
import { decodeSse } from "../../kit/sse-decode.ts";
import type { Asked, Codec } from "../../spec/codec.ts";
import type { Answer } from "../../spec/conversation.ts";
import type { Dialect } from "../../spec/dialect.ts";
import type { JsonObject } from "../../spec/json.ts";
import { noQuirks } from "../../spec/quirks.ts";
import type { DialectName } from "../../spec/request.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import type { AnswerBytes, RenderedAnswer } from "../../spec/translation.ts";
import { unknownUsage } from "../../spec/usage.ts";
import { DeltaShortcut } from "../dialects/delta-shortcut.ts";
import { parseObject, parseObjectBytes } from "../dialects/json-fields.ts";
import { eventHoldsMore, holdsMore } from "./answer-members.ts";
import { gatherAnswer } from "./gather-answer.ts";
import { saysTheSame } from "./same-answer.ts";
import { tellAnswer } from "./tell-answer.ts";

/** A rendered stream is given out in pieces of about this size, so that a slow reader can pause it. Characters. */
const pieceCharacters = 16_384;
const encoder: TextEncoder = new TextEncoder();

/**
 * See {@link Translator.render}. What was rendered is read again and compared with what was stored: a loss that no table
 * foresaw makes it null too.
 */
export function renderAnswer(
  dialects: Readonly<Record<DialectName, Dialect>>,
  stored: AnswerBytes,
  asked: Asked,
): RenderedAnswer | null {
  const { request } = asked;
  const from = dialects[stored.dialect];
  const { codec: to } = dialects[request.dialect];
  if (from.codec === null || to === null || request.choices !== 1 || request.large !== undefined) return null;
  const dropped = withoutUsageChunk(from, stored, asked);
  if (dropped !== null) return dropped;
  const read = readStored(from.codec, stored);
  if (read === null) return null;
  // As it was counted when it was bought, by a reader that knows the server's ways.
  const answer: Answer = { ...read, usage: stored.usage.source === "provider" ? stored.usage : unknownUsage };
  const rendered = request.stream ? renderStream(to, answer, asked) : renderWhole(to, answer, asked);
  const again = readRendered(to, rendered);
  const ids = stored.dialect === request.dialect;
  const counts = !request.stream || request.streamUsage;
  return again !== null && saysTheSame(answer, again, { ids, counts }) ? rendered : null;
}

/** The one change of form that needs no reading: the stream as it is, but for the chunk that this caller did not ask for. */
function withoutUsageChunk(dialect: Dialect, stored: AnswerBytes, { request }: Asked): RenderedAnswer | null {
  const isThis = stored.dialect === request.dialect && stored.kind === "stream" && request.stream;
  if (!isThis || !stored.streamUsage || request.streamUsage) return null;
  const observer = dialect.observeStream(true);
  const pieces: Uint8Array[] = [];
  for (const piece of stored.pieces) {
    const { pass, terminal } = observer.push(piece);
    if (pass.length > 0) pieces.push(pass.slice());
    if (terminal !== null) return { ...formOf(request), pieces: [...pieces, terminal.slice()] };
  }
  return null;
}

function formOf({ dialect, stream, streamUsage }: Asked["request"]): Omit<RenderedAnswer, "pieces"> {
  const headers = ["content-type", stream ? "text/event-stream" : "application/json"];
  return { dialect, kind: stream ? "stream" : "whole", headers, streamUsage };
}

/** Null: no complete answer, or one that says more than its reader tells. */
function readStored(codec: Codec, { dialect, kind, pieces }: AnswerBytes): Answer | null {
  const bytes = concatBytes(pieces);
  if (kind === "stream") {
    const events = readEvents(codec, bytes, (document) => eventHoldsMore(dialect, document));
    return events === null ? null : gatherAnswer(events);
  }
  const document = parseObjectBytes(bytes);
  return document === null || holdsMore(dialect, document) ? null : codec.readAnswer(bytes, noQuirks);
}

type Refuses = (event: Readonly<JsonObject>) => boolean;

/** The dialects whose readers remember nothing of a piece of text, so that pieces that are alike need not all be parsed. */
const forgetfulReaders: ReadonlySet<DialectName> = new Set(["openai-chat", "anthropic-messages"]);

function readEvents(codec: Codec, bytes: Uint8Array, refuses: Refuses): readonly StreamEvent[] | null {
  const reader = codec.openReader(noQuirks);
  const shortcut = forgetfulReaders.has(codec.dialect) ? new DeltaShortcut() : null;
  const events: StreamEvent[] = [];
  for (const { event, data } of decodeSse(bytes)) {
    const quick = shortcut?.read(data) ?? null;
    if (quick !== null) {
      events.push(quick);
      continue;
    }
    const document = parseObject(data);
    if (document !== null && refuses(document)) return null;
    const read = reader.read(event, data);
    events.push(...read);
    const [only] = read;
    if (read.length !== 1 || only?.type !== "text-delta") continue;
    shortcut?.learn(data, only, (probe) => reader.read(event, probe)[0] ?? null);
  }
  events.push(...reader.finish());
  return events;
}

function renderWhole(codec: Codec, answer: Answer, asked: Asked): RenderedAnswer {
  const body = encoder.encode(JSON.stringify(codec.writeAnswer(answer, asked)));
  return { ...formOf(asked.request), pieces: [body] };
}

function renderStream(codec: Codec, answer: Answer, asked: Asked): RenderedAnswer {
  const writer = codec.openWriter(asked);
  const { start, rest } = tellAnswer(answer);
  const pieces: Uint8Array[] = [];
  let text = writer.write(start);
  for (const events of rest) {
    text += writer.write(events);
    if (text.length < pieceCharacters) continue;
    pieces.push(encoder.encode(text));
    text = "";
  }
  if (text !== "") pieces.push(encoder.encode(text));
  return { ...formOf(asked.request), pieces: [...pieces, encoder.encode(writer.end())] };
}

function readRendered(codec: Codec, { kind, pieces }: RenderedAnswer): Answer | null {
  const bytes = concatBytes(pieces);
  if (kind === "whole") return codec.readAnswer(bytes, noQuirks);
  return gatherAnswer(readEvents(codec, bytes, () => false) ?? []);
}
