import {
  imageTokens,
  lowImageTokens,
  otherPartTokens,
  tokensPerMessage,
  tokensPerPrompt,
} from "../openai/token-rates.ts";
import { isJsonObject, listOf, type JsonBody } from "../prepared-reply.ts";
import type { PromptMark } from "../prompt-cache.ts";
import { openaiLettersPerToken, PromptScan } from "../token-scan.ts";

/** A conversation of items, counted. */
export interface ScannedInput {
  readonly scan: PromptScan;
  /** Last text of the user. */
  readonly prompt: string;
  readonly system: string;
  /** The last item is what a tool answered. */
  readonly afterTool: boolean;
  readonly messageEnds: readonly PromptMark[];
}

function scanContent(scan: PromptScan, content: unknown): string {
  if (typeof content === "string") {
    scan.text(content);
    return content;
  }
  let text = "";
  for (const part of listOf(content)) {
    if (!isJsonObject(part)) continue;
    const words = part["text"] ?? part["refusal"];
    if (typeof words === "string") {
      scan.text(words);
      text += words;
    } else {
      scan.mark(JSON.stringify(part));
      const isImage = part["type"] === "input_image";
      scan.overhead(isImage ? (part["detail"] === "low" ? lowImageTokens : imageTokens) : otherPartTokens);
    }
  }
  return text;
}

/** Counts one item that is no message, and says who speaks in it. */
function scanItem(scan: PromptScan, item: JsonBody): string {
  switch (item["type"]) {
    case "function_call":
      scan.text(JSON.stringify([item["call_id"], item["name"], item["arguments"]]));
      return "assistant";
    case "function_call_output":
      scan.mark(String(item["call_id"]));
      scanContent(scan, item["output"]);
      return "tool";
    case "reasoning":
      // What is encrypted cannot be counted from outside; the summary stands for it.
      scan.mark(String(item["encrypted_content"] ?? item["id"]));
      scanContent(scan, item["summary"]);
      return "assistant";
    default:
      scan.text(JSON.stringify(item));
      return "assistant";
  }
}

/**
 * Counts a conversation as chat's messages are counted: so much an item and its words. Tools and schema stand first, as in
 * OpenAI's cached prefix, then the instructions.
 *
 * @param before texts that stand before every item: tools, schema.
 */
export function scanInput(before: readonly unknown[], instructions: unknown, items: readonly JsonBody[]): ScannedInput {
  const scan = new PromptScan(openaiLettersPerToken);
  for (const part of before) if (part !== undefined && part !== null) scan.text(JSON.stringify(part));
  let prompt = "";
  let system = "";
  let lastRole = "";
  const messageEnds: PromptMark[] = [];
  if (typeof instructions === "string") {
    scan.mark("developer");
    scan.overhead(tokensPerMessage);
    system = scanContent(scan, instructions);
    messageEnds.push({ hash: scan.hash, tokens: scan.tokens, ttl: null });
  }
  for (const item of items) {
    scan.overhead(tokensPerMessage);
    if ((item["type"] ?? "message") === "message") {
      lastRole = String(item["role"]);
      scan.mark(lastRole);
      const text = scanContent(scan, item["content"]);
      if (lastRole === "user") prompt = text;
      else if (lastRole !== "assistant") system += text;
    } else {
      scan.mark(String(item["type"]));
      lastRole = scanItem(scan, item);
    }
    messageEnds.push({ hash: scan.hash, tokens: scan.tokens, ttl: null });
  }
  scan.overhead(tokensPerPrompt);
  return { scan, prompt, system, afterTool: lastRole === "tool", messageEnds };
}
