import type { Settings, ToolChoice, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { readCacheMark } from "./read-cache-mark.ts";
import type { ReadingNotes } from "./reading-notes.ts";
import {
  asObject,
  malformed,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalText,
  requireText,
} from "./typed-fields.ts";

/**
 * The caller's own tools.
 * @throws FarthingError `invalid_request`; `untranslatable` for tools whose form or running is the vendor's
 */
export function readTools(body: Readonly<JsonObject>, notes: ReadingNotes): ToolSpec[] {
  return optionalArray(body, "tools").map((item, index) => {
    const path = `tools[${index}]`;
    const tool = asObject(item, path);
    const type = optionalText(tool, "type", path);
    if (type !== null && type !== "custom") {
      throw untranslatable(`${path}.type`, `tools of type ${JSON.stringify(type)} exist in this dialect only`);
    }
    notes.leaveOutUnknown(tool, path, ["type", "name", "description", "input_schema", "strict", "cache_control"]);
    return {
      name: requireText(tool, "name", path),
      description: optionalText(tool, "description", path),
      parameters: asObject(tool["input_schema"], `${path}.input_schema`),
      strict: optionalBoolean(tool, "strict", path),
      ...readCacheMark(tool, path, notes),
    };
  });
}

/**
 * `tool_choice` with the switch for parallel calls that stands in it.
 * @throws FarthingError `invalid_request`
 */
export function readToolChoice(
  body: Readonly<JsonObject>,
  notes: ReadingNotes,
): Pick<Settings, "toolChoice" | "parallelToolCalls"> {
  const path = "tool_choice";
  const choice = optionalObject(body, path, "");
  if (choice === null) return {};
  notes.leaveOutUnknown(choice, path, ["type", "name", "disable_parallel_tool_use"]);
  const oneAtATime = optionalBoolean(choice, "disable_parallel_tool_use", path);
  return {
    toolChoice: choiceOf(choice, path),
    ...(oneAtATime === null ? {} : { parallelToolCalls: !oneAtATime }),
  };
}

function choiceOf(choice: Readonly<JsonObject>, path: string): ToolChoice {
  const kind = requireText(choice, "type", path);
  if (kind === "auto" || kind === "any" || kind === "none") return { kind };
  if (kind === "tool") return { kind, name: requireText(choice, "name", path) };
  throw malformed(`${path}.type`, '"auto", "any", "tool" or "none"');
}
