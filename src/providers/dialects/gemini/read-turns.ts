import type { Part, Turn } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { CallIds } from "./call-ids.ts";
import { readPart } from "./read-parts.ts";
import { listAt, type Reading, textAt } from "./reading.ts";

/**
 * The turns of a request. Google's own clients keep a streamed answer as one content a chunk (js-genai 3.1.0,
 * Chat.processStreamResponse), so neighbouring contents of the model are one turn, and a text or a thought that goes on
 * from one to the next is one part again: a thought and the proof that came with its last piece belong together.
 * @throws FarthingError `untranslatable` or `invalid_request` naming the field
 */
export function readTurns(body: Readonly<JsonObject>, reading: Reading): readonly Turn[] {
  const contents = listAt(body["contents"], "contents");
  const ids = new CallIds(contents);
  const turns: { readonly role: Turn["role"]; readonly parts: Part[] }[] = [];
  let thoughtIsOver = false;
  for (const value of contents) {
    const content = reading.members(value, "contents[]");
    const role = roleOf(textAt(content["role"], "contents[].role"));
    const last = turns.at(-1);
    const goesOn = role === "assistant" && last?.role === role;
    const parts = goesOn ? last.parts : [];
    if (!goesOn) turns.push({ role, parts });
    listAt(content["parts"], "contents[].parts").forEach((item, position) => {
      const part = readPart(item, ids, reading);
      const isFirst = goesOn && position === 0;
      // An empty thought only tells that the one before it is over.
      if (isEmptyThought(part)) thoughtIsOver = true;
      else {
        if (isFirst && !(thoughtIsOver && part.type === "reasoning")) addPiece(parts, part);
        else parts.push(part);
        thoughtIsOver = false;
      }
    });
  }
  return turns;
}

function isEmptyThought(part: Part): boolean {
  return part.type === "reasoning" && part.text === "" && part.signature === null;
}

/** Adds the first part of a content to the turn that it goes on with. */
function addPiece(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (last?.type === "reasoning" && part.type === "reasoning" && last.signature === null) {
    parts[parts.length - 1] = { ...part, text: last.text + part.text };
  } else if (
    last?.type === "text" &&
    part.type === "text" &&
    last.signature === undefined &&
    part.signature === undefined
  ) {
    parts[parts.length - 1] = { ...part, text: last.text + part.text };
  } else parts.push(part);
}

/** `function` is the old role of results. */
function roleOf(role: string | null): Turn["role"] {
  if (role === null || role === "" || role === "user" || role === "function") return "user";
  if (role === "model") return "assistant";
  throw untranslatable("contents[].role", "the role is not known here");
}
