import type { JsonValue } from "../../../spec/json.ts";
import { objectOf } from "../json-fields.ts";

/** Blocks in which the model calls a tool: the caller's, or one that the vendor runs within the same answer. */
const toolBlocks: ReadonlySet<string> = new Set(["tool_use", "server_tool_use", "mcp_tool_use"]);

/** True for a content block that calls a tool. */
export function isToolBlock(block: JsonValue | undefined): boolean {
  const type = objectOf(block)?.["type"];
  return typeof type === "string" && toolBlocks.has(type);
}
