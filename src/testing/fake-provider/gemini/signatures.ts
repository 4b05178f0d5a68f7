import { idText } from "../id-text.ts";
import { isJsonObject, listOf, type CallSetting, type JsonBody, type Refusal } from "../prepared-reply.ts";
import { geminiError } from "./errors.ts";
import { field, messageAt } from "./google-fields.ts";

/** Every signature of this provider begins with the same bytes, so that it knows its own again. */
const start = "fake-thought:";

/** What the page on signatures allows in the place of one that is not there. */
const skips: ReadonlySet<unknown> = new Set([
  "skip_thought_signature_validator",
  "context_engineering_is_the_way_to_go",
]);

/** A signature for the part at a position of an answer. */
export function signatureFor(setting: CallSetting, index: number): string {
  return Buffer.from(idText(start, 80, setting.seed + index, setting.number)).toString("base64");
}

function isOwn(signature: unknown): boolean {
  if (typeof signature !== "string") return false;
  return skips.has(signature) || Buffer.from(signature, "base64").toString("latin1").startsWith(start);
}

/** Where the user last spoke in words: what comes behind it is the turn that is under way. */
function turnStart(contents: readonly JsonBody[]): number {
  return contents.findLastIndex(
    (content) =>
      content["role"] !== "model" &&
      listOf(content["parts"]).some((part) => isJsonObject(part) && field(part, "functionResponse") === undefined),
  );
}

/**
 * From the third generation on, the first call of each step of the turn under way must bring its signature back
 * (ai.google.dev/gemini-api/docs/thought-signatures, "Function calling", 2026). Null where nothing is missing.
 */
export function signatureRefusal(contents: readonly JsonBody[]): Refusal | null {
  for (const content of contents.slice(turnStart(contents) + 1)) {
    if (content["role"] !== "model") continue;
    const parts = listOf(content["parts"]).filter(isJsonObject);
    const at = parts.findIndex((part) => field(part, "functionCall") !== undefined);
    const part = parts[at];
    if (part === undefined) continue;
    const signature = field(part, "thoughtSignature");
    if (signature === undefined) {
      const name = String(messageAt(part, "functionCall")["name"]);
      const message = `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\`, position ${at + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`;
      return geminiError(400, message);
    }
    if (!isOwn(signature)) return geminiError(400, "Corrupted thought signature.");
  }
  return null;
}
