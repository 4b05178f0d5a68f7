/** What the cells ask. The fake provider's answers follow the words: docs/reference/fake-provider.md. */

/** One word comes back. */
export const shortQuestion = "Classify this ticket as one of: fire, water, theft. The printer is on fire.";

/** Some hundred words come back. */
export const longQuestion = "Tell me about ships and harbours, at some length.";

/** Names the tool, so that it is called once. */
export const toolQuestion = "What is the weather in Oslo?";

/** Names the tool and two places, so that it is called twice. */
export const twoToolsQuestion = "What is the weather in Paris and Rome?";

/** Names no tool. */
export const plainQuestion = "Say hello to everybody.";

/** A JSON schema as every client takes it. */
export interface ObjectSchema extends Record<string, unknown> {
  readonly type: "object";
  readonly properties: Record<string, { type: "string" | "boolean"; enum?: string[] }>;
  readonly required: string[];
  readonly additionalProperties: false;
}

/** The tool of the questions above. */
export const weatherSchema: ObjectSchema = {
  type: "object",
  properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "fahrenheit"] } },
  required: ["city", "unit"],
  additionalProperties: false,
};

/** Form of a structured answer. */
export const labelSchema: ObjectSchema = {
  type: "object",
  properties: { label: { type: "string" }, urgent: { type: "boolean" } },
  required: ["label", "urgent"],
  additionalProperties: false,
};

/** A picture of one pixel, PNG. */
export const pixelPng: string =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Longer than the shortest prompt that any of the vendors caches (4,096 tokens at Claude Haiku 4.5). */
export const longPrompt: string = Array.from(
  { length: 1_500 },
  (_, index) => `Rule ${index} of the manual holds.`,
).join(" ");
