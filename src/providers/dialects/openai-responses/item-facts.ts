import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { arrayOf, objectOf, textOf } from "../json-fields.ts";

/** Calls that the caller has to run before the model can go on. */
const callerCalls: ReadonlySet<string> = new Set([
  "function_call",
  "custom_tool_call",
  "computer_call",
  "local_shell_call",
  "apply_patch_call",
]);

/** Between two parts of a summary; the vendor's own reading puts each on paragraphs of its own. */
export const summarySeparator = "\n\n";

/** True for an output item that calls a tool: the caller's, or one that the vendor runs within the same answer. */
export function isToolItem(item: Readonly<JsonObject> | null): boolean {
  return textOf(item?.["type"])?.endsWith("_call") === true;
}

/** True for an output item that the caller has to act on. */
export function waitsForCaller(item: Readonly<JsonObject> | null): boolean {
  const type = textOf(item?.["type"]) ?? "";
  if (callerCalls.has(type)) return true;
  // A shell call without a container of the vendor's runs at the caller's.
  return type === "shell_call" && !runsInContainer(item);
}

/** True for a shell call that runs in one of the vendor's containers. */
export function runsInContainer(item: Readonly<JsonObject> | null): boolean {
  return objectOf(item?.["environment"])?.["type"] === "container_reference";
}

/** Texts of a message's parts of one kind, joined. */
export function contentTextOf(item: Readonly<JsonObject>, member: "text" | "refusal"): string {
  return textsOf(item["content"], member).join("");
}

/**
 * The thinking that a reasoning item shows: its summary, or, from servers that show the thinking itself, its content.
 */
export function reasoningTextOf(item: Readonly<JsonObject>): string {
  const summary = textsOf(item["summary"], "text").join(summarySeparator);
  return summary === "" ? textsOf(item["content"], "text").join("") : summary;
}

/**
 * Ids of items that we made because the provider gave none (write-items.ts). When such an item comes back with the next
 * request, no provider knows its id.
 */
const ownId = /^(?:msg|rs|fc|call)_fr_[0-9a-z]{1,13}_[0-9]+$/;

/** What a reasoning item holds besides its text. */
export interface ReasoningProof {
  readonly signature: string | null;
  readonly redacted: string | null;
  readonly id: string | null;
}

/**
 * `encrypted_content` proves a shown text; in an item that shows none (no summary part, not even an empty one) it is the
 * thinking itself, which only the provider can read.
 */
export function reasoningProofOf(item: Readonly<JsonObject>): ReasoningProof {
  const encrypted = textOf(item["encrypted_content"]);
  const shows = arrayOf(item["summary"]).length > 0 || arrayOf(item["content"]).length > 0;
  const id = textOf(item["id"]);
  return {
    signature: shows ? encrypted : null,
    redacted: shows ? null : encrypted,
    id: id === null || ownId.test(id) ? null : id,
  };
}

function textsOf(parts: JsonValue | undefined, member: string): string[] {
  const texts: string[] = [];
  for (const part of arrayOf(parts)) {
    const text = objectOf(part)?.[member];
    if (typeof text === "string") texts.push(text);
  }
  return texts;
}
