import type { TextPart } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import type { ConversationReading } from "../../../spec/codec.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { readSettings } from "./read-settings.ts";
import { readTools } from "./read-tools.ts";
import { readTurns } from "./read-turns.ts";
import { listAt, objectAt, Reading, textAt } from "./reading.ts";

/**
 * A generateContent request in the form free of any dialect.
 * @throws FarthingError `untranslatable` or `invalid_request` naming the field
 */
export function readConversation(request: ModelRequest): ConversationReading {
  const { model, stream, rest } = request;
  const reading = new Reading();
  const body = reading.members(rest, "");
  const system = readSystem(body, reading);
  const turns = readTurns(body, reading);
  const { tools, choice } = readTools(body, reading);
  const settings = { ...readSettings(body, reading), ...choice };
  return { conversation: { model, stream, system, turns, tools, settings }, dropped: reading.dropped };
}

function readSystem(body: Readonly<JsonObject>, reading: Reading): readonly TextPart[] {
  const path = "systemInstruction";
  const given = objectAt(body[path], path);
  if (given === null) return [];
  const parts = listAt(reading.members(given, path)["parts"], `${path}.parts`);
  return parts.map((part): TextPart => {
    const text = textAt(reading.members(part, `${path}.parts[]`)["text"], `${path}.parts[].text`);
    if (text === null) throw untranslatable(`${path}.parts[]`, "an instruction that is no text");
    return { type: "text", text };
  });
}
