import type { JsonValue } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import type { ConversationReading } from "../../../spec/codec.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { checkMembers, type Dropped } from "./check-members.ts";
import { misfit, textAt } from "./demand-fields.ts";
import { readInput } from "./read-input.ts";
import { readSettings } from "./read-settings.ts";
import { readTools } from "./read-tools.ts";
import { requestFields } from "./request-table.ts";
import { TurnList } from "./turn-list.ts";

/** Data that `include` asks for and that either comes anyway or belongs to tools that are refused. */
const harmlessIncludes: ReadonlySet<string> = new Set([
  "reasoning.encrypted_content",
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
]);

/**
 * A response request free of its dialect.
 * @throws FarthingError `untranslatable` for what no other dialect can say, `invalid_request` for what is malformed
 */
export function readConversation(request: ModelRequest): ConversationReading {
  const body = request.rest;
  const dropped: Dropped = new Set();
  checkMembers(body, "", dropped);
  checkIncludes(body["include"], dropped);
  const turns = new TurnList();
  const instructions = textAt(body["instructions"], "instructions") ?? "";
  if (instructions !== "") turns.addInstructions([{ type: "text", text: instructions }]);
  readInput(body["input"], turns, dropped);
  const tools = readTools(body["tools"], dropped);
  const settings = readSettings(body, dropped);
  const { model, stream } = request;
  const conversation = { model, stream, system: turns.system, turns: turns.turns, tools, settings };
  return { conversation, dropped: [...dropped] };
}

function checkIncludes(includes: JsonValue | undefined, dropped: Dropped): void {
  if (!isGiven(includes)) return;
  if (!Array.isArray(includes)) throw misfit("include", "an array");
  for (const include of includes) {
    if (typeof include !== "string") throw misfit("include[]", "a text");
    const fate = requestFields[`include[] ${include}`];
    if (fate !== undefined && "refused" in fate) throw untranslatable("include", fate.refused);
    if (!harmlessIncludes.has(include)) dropped.add("include");
  }
}
