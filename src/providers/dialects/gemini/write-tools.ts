import type { ToolChoice, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { WritingNotes } from "./writing-notes.ts";

/** `tools`: all functions in one list. Schemas stay JSON Schema, for which Google has a field of its own. */
export function writeTools(tools: readonly ToolSpec[]): JsonObject[] {
  const functionDeclarations = tools.map(({ name, description, parameters }): JsonObject => ({
    name,
    ...(description === null ? {} : { description }),
    ...(parameters === null ? {} : { parametersJsonSchema: { ...parameters } }),
  }));
  return [{ functionDeclarations }];
}

/** `toolConfig`; null where nothing is to be said. */
export function writeChoice(
  choice: ToolChoice | undefined,
  tools: readonly ToolSpec[],
  notes: WritingNotes,
): JsonObject | null {
  const config = callingConfig(choice, tools, notes);
  return config === null ? null : { functionCallingConfig: config };
}

function callingConfig(
  choice: ToolChoice | undefined,
  tools: readonly ToolSpec[],
  notes: WritingNotes,
): JsonObject | null {
  switch (choice?.kind) {
    // A forced call keeps to its schema in any case.
    case "any":
      return { mode: "ANY" };
    case "tool":
      return { mode: "ANY", allowedFunctionNames: [choice.name] };
    case "none":
      // Without functions there is nothing to configure, and Google refuses it.
      return tools.length === 0 ? null : { mode: "NONE" };
    default:
      return freeMode(choice !== undefined, tools, notes);
  }
}

function freeMode(isSaid: boolean, tools: readonly ToolSpec[], notes: WritingNotes): JsonObject | null {
  const strict = tools.filter((tool) => tool.strict === true).length;
  if (strict === 0) return isSaid && tools.length > 0 ? { mode: "AUTO" } : null;
  if (strict < tools.length) notes.approximate("tool-strict of some tools as of all");
  return { mode: "VALIDATED" };
}
