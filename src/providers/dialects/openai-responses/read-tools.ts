import type { ToolChoice, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { checkMembers, type Dropped, refuseKind } from "./check-members.ts";
import { booleanAt, misfit, objectAt, objectsAt, requiredTextAt, textAt } from "./demand-fields.ts";

/**
 * The functions that the model may call.
 * @throws FarthingError `invalid_request`, `untranslatable` for tools of other kinds
 */
export function readTools(tools: JsonValue | undefined, dropped: Dropped): readonly ToolSpec[] {
  return objectsAt(tools, "tools").map((tool) => {
    const type = requiredTextAt(tool["type"], "tools[].type");
    if (type !== "function") throw refuseKind("tools[]", type);
    checkMembers(tool, "tools[]", dropped);
    return {
      name: requiredTextAt(tool["name"], "tools[].name"),
      description: textAt(tool["description"], "tools[].description"),
      parameters: objectAt(tool["parameters"], "tools[].parameters"),
      // Other dialects are not strict when nothing is said.
      strict: booleanAt(tool["strict"], "tools[].strict") === true ? true : null,
    };
  });
}

/**
 * Whether and which tool must be called; null when not said.
 * @throws FarthingError `invalid_request`, `untranslatable`
 */
export function readToolChoice(choice: JsonValue | undefined, dropped: Dropped): ToolChoice | null {
  if (!isGiven(choice)) return null;
  if (choice === "auto" || choice === "none") return { kind: choice };
  if (choice === "required") return { kind: "any" };
  if (typeof choice === "string") throw misfit("tool_choice", "auto, none, required or an object");
  const object = objectAt(choice, "tool_choice") ?? {};
  if (requiredTextAt(object["type"], "tool_choice.type") !== "function") {
    throw untranslatable("tool_choice.type", "other dialects can force a function only");
  }
  checkMembers(object, "tool_choice", dropped);
  return { kind: "tool", name: requiredTextAt(object["name"], "tool_choice.name") };
}
