import type { JsonObject, JsonValue } from "../spec/json.ts";
import { createStageContext, type StageContextOptions } from "../testing/stage-context.ts";
import { answerKeyTexts } from "./request-key.ts";

/** A body with something of everything that an answer depends on. */
export const body: JsonObject = {
  messages: [
    { role: "system", content: "You are terse." },
    { role: "user", content: "What is a farthing?" },
  ],
  temperature: 0,
  top_p: 1,
  max_tokens: 100,
  seed: 7,
  stop: ["\n"],
  tools: [{ type: "function", function: { name: "f", parameters: { properties: { a: {}, b: {} } } } }],
  tool_choice: "auto",
  response_format: { type: "json_schema", json_schema: { properties: { x: {}, y: {} } } },
  reasoning_effort: "low",
  user: "u-1",
  metadata: { plan: "free" },
};
/** The text behind the exact key of a request; null where it has none. */
export const keyOf = (options: StageContextOptions): string | null =>
  answerKeyTexts(createStageContext(options))?.exact ?? null;
/** {@link keyOf} of the body as it is. */
export const base: string | null = keyOf({ body });

/** The body with one member changed, or left out. */
export function changed(name: string, value?: JsonValue): StageContextOptions {
  const { [name]: removed, ...rest } = body;
  void removed;
  return { body: value === undefined ? rest : { ...rest, [name]: value } };
}
