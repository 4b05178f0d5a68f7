import type { Part, TextPart, Turn } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import type { ConversationReading } from "../../../spec/codec.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { arrayOf, objectOf } from "../json-fields.ts";
import { isGiven } from "../read-count.ts";
import { fields } from "./fields.ts";
import { readContent, readTexts } from "./read-blocks.ts";
import { readSettings } from "./read-settings.ts";
import { readTools } from "./read-tools.ts";
import { ReadingNotes } from "./reading-notes.ts";
import { asObject, malformed, optionalArray } from "./typed-fields.ts";

/**
 * A message request free of its dialect.
 * @throws FarthingError `invalid_request` naming a malformed field, `untranslatable` naming one that cannot be carried
 */
export function readConversation(request: ModelRequest): ConversationReading {
  const { model, stream, rest: body } = request;
  const notes = new ReadingNotes();
  for (const name in body) judgeField(name, body[name], notes);
  const system = isGiven(body["system"]) ? readTexts(body["system"], "system", notes) : [];
  const tools = readTools(body, notes);
  const messages = readMessages(body, notes);
  const settings = readSettings(body, notes);
  const conversation = {
    model,
    stream,
    system: [...system, ...messages.system],
    turns: messages.turns,
    tools,
    settings,
  };
  return { conversation, dropped: notes.dropped };
}

/** Refused fields with values that ask for nothing: the vendor's default, an empty list, or what other dialects do anyway. */
const harmless: Readonly<Record<string, (value: JsonValue | undefined) => boolean>> = {
  mcp_servers: (value) => arrayOf(value).length === 0 && Array.isArray(value),
  inference_geo: (value) => value === "global",
  // Other vendors' models never see this one's old thinking, so clearing it changes nothing. Claude Code always asks for it.
  context_management: (value) =>
    arrayOf(objectOf(value)?.["edits"]).every((edit) =>
      String(objectOf(edit)?.["type"] ?? "").startsWith("clear_thinking_"),
    ),
};

function judgeField(name: string, value: JsonValue | undefined, notes: ReadingNotes): void {
  if (!isGiven(value)) return;
  const fate = Object.hasOwn(fields.request, name) ? fields.request[name] : undefined;
  if (fate === undefined) throw untranslatable(name, "it is not known here");
  if ("dropped" in fate) notes.leaveOut(name);
  else if ("refused" in fate) {
    if (harmless[name]?.(value) !== true) throw untranslatable(name, fate.refused);
    notes.leaveOut(name);
  }
}

interface Messages {
  /** Instructions that stand before the first turn. */
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
}

function readMessages(body: Readonly<JsonObject>, notes: ReadingNotes): Messages {
  const system: TextPart[] = [];
  const turns: Turn[] = [];
  for (const [index, item] of optionalArray(body, "messages").entries()) {
    const path = `messages[${index}]`;
    const message = asObject(item, path);
    notes.leaveOutUnknown(message, path, ["role", "content"]);
    const { role, content } = message;
    if (role === "system") {
      const parts = readTexts(content, `${path}.content`, notes);
      if (turns.length === 0) system.push(...parts);
      else turns.push({ role, parts });
    } else if (role === "user" || role === "assistant") {
      const parts: readonly Part[] = readContent(content, `${path}.content`, notes);
      turns.push({ role, parts });
    } else throw malformed(`${path}.role`, '"user", "assistant" or "system"');
  }
  return { system, turns };
}
