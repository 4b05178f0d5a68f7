import { idText } from "../id-text.ts";
import { missingParameter } from "../openai/errors.ts";
import { isJsonObject, listOf, type CallSetting, type JsonBody, type Refusal } from "../prepared-reply.ts";

/** Categories of `omni-moderation` (openai-node, resources/moderations), and a word by which this one recognises them. */
const categories: readonly (readonly [name: string, sees: boolean, pattern: RegExp])[] = [
  ["harassment", false, /\bidiot\b/i],
  ["harassment/threatening", false, /\bwatch your back\b/i],
  ["hate", false, /\bhate speech\b/i],
  ["hate/threatening", false, /\bhate threat\b/i],
  ["illicit", false, /\bpick a lock\b/i],
  ["illicit/violent", false, /\bbuild a bomb\b/i],
  ["self-harm", true, /\bhurt myself\b/i],
  ["self-harm/instructions", true, /\bhow to hurt\b/i],
  ["self-harm/intent", true, /\bwill hurt myself\b/i],
  ["sexual", true, /\bexplicit\b/i],
  ["sexual/minors", false, /\bexplicit minor\b/i],
  ["violence", true, /\bkill\b/i],
  ["violence/graphic", true, /\bgore\b/i],
];

function resultOf(text: string): object {
  const hit = (pattern: RegExp): boolean => pattern.test(text);
  const by = (value: (category: (typeof categories)[number]) => unknown): object =>
    Object.fromEntries(categories.map((category) => [category[0], value(category)]));
  return {
    flagged: categories.some(([, , pattern]) => hit(pattern)),
    categories: by(([, , pattern]) => hit(pattern)),
    category_scores: by(([name, , pattern]) => (hit(pattern) ? 0.93 : 0.0001 * (1 + (name.length % 7)))),
    category_applied_input_types: by(([, , pattern]) => (hit(pattern) ? ["text"] : [])),
  };
}

/** Answers `POST /v1/moderations`, which costs nothing. Several texts get a result each; parts of one input get one together. */
export function answerModerations(body: JsonBody, setting: CallSetting): string | Refusal {
  const { input } = body;
  if (input === undefined) return missingParameter("input");
  const texts = listOf(input).filter((text) => typeof text === "string");
  const parts = listOf(input).flatMap((part) =>
    isJsonObject(part) && typeof part["text"] === "string" ? [part["text"]] : [],
  );
  const asked = typeof input === "string" ? [input] : texts.length > 0 ? texts : [parts.join("\n")];
  return JSON.stringify({
    id: idText("modr-", 32, setting.seed, setting.number, true),
    model: body["model"] === "omni-moderation-2024-09-26" ? body["model"] : "omni-moderation-latest",
    results: asked.map(resultOf),
  });
}
