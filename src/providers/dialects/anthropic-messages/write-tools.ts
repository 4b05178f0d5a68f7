import type { Conversation, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { cacheControlOf } from "./write-blocks.ts";
import type { WritingNotes } from "./writing-notes.ts";

/** The tools and what has to be called of them, ready to be spread into a body. */
export function writeTools({ tools, settings }: Conversation, notes: WritingNotes): JsonObject {
  // The API refuses a choice without tools; without tools there is nothing to choose either.
  if (tools.length === 0) return {};
  return { tools: tools.map(writeTool), ...writeToolChoice(settings, notes) };
}

function writeTool({ name, description, parameters, strict, cache }: ToolSpec): JsonObject {
  return {
    name,
    ...(description === null ? {} : { description }),
    // The schema is required here, and its type too.
    input_schema: parameters?.["type"] === undefined ? { type: "object", ...parameters } : { ...parameters },
    ...(strict === null ? {} : { strict }),
    ...cacheControlOf(cache),
  };
}

/** Parallel calls are the default and their switch stands in `tool_choice`, which has no place for it beside `none`. */
function writeToolChoice(
  { toolChoice, parallelToolCalls }: Conversation["settings"],
  notes: WritingNotes,
): { tool_choice?: JsonObject } {
  if (toolChoice?.kind === "none") {
    if (parallelToolCalls !== undefined) notes.leaveOut("parallel-tool-calls");
    return { tool_choice: { type: "none" } };
  }
  if (toolChoice === undefined && parallelToolCalls !== false) return {};
  return {
    tool_choice: {
      type: toolChoice?.kind ?? "auto",
      ...(toolChoice?.kind === "tool" ? { name: toolChoice.name } : {}),
      ...(parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls }),
    },
  };
}
