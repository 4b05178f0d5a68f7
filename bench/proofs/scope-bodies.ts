import type { JsonObject, JsonValue } from "../../src/spec/json.ts";
import { type Ask, dialectOf } from "./scope-asks.ts";

/** Texts of one place also stand in others: a key that only joins its parts takes one for the other. */
const systems = [null, "Be terse.", "Be kind."] as const;
const earlierTexts = [null, "Be terse.", "Hello there."] as const;
const temperatures = [null, 0, 0.7] as const;
const lengths = [100, 200] as const;
const formats = [
  ["a", "b"],
  ["b", "a"],
] as const;

/** The question: something else in each round, so that no round finds what another left. */
export function questionOf({ text, spelling, round }: Ask): string {
  const asked = ["worth", "weight", "refused"][text] ?? "";
  return spelling === 0 ? `What is the ${asked} of coin ${round}?` : `hello, what's the  ${asked} of coin ${round}`;
}

/** The inputs of a request for embeddings. */
export function inputsOf(ask: Ask): readonly string[] {
  const question = questionOf(ask);
  const other = `Coin ${ask.round}`;
  return [[question], [question, other], [other, question, other]][ask.inputs] ?? [];
}

/** The body of a request in its dialect. */
export function bodyOf(ask: Ask): JsonObject {
  const said = writers[dialectOf(ask)](ask);
  return defined({ model: dialectOf(ask) === "gemini" ? undefined : modelOf(ask), ...streamOf(ask), ...said });
}

/** The model that a request names. */
export function modelOf({ model }: Ask): string {
  return `model-${model}`;
}

function streamOf(ask: Ask): Members {
  if (ask.form === 0 || dialectOf(ask) === "gemini") return {};
  return { stream: true, stream_options: ask.form === 2 ? { include_usage: true } : undefined };
}

/** Members of a body; what is undefined is left out. */
type Members = Readonly<Record<string, JsonValue | undefined>>;

function defined(members: Members): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject;
}

const writers: Readonly<Record<ReturnType<typeof dialectOf>, (ask: Ask) => Members>> = {
  "openai-chat": (ask) => ({
    messages: [...systemTurn(ask), ...turnsOf(ask, (role, text) => ({ role, content: text }))],
    tools: listOf(ask, (name, parameters) => ({ type: "function", function: { name, parameters } })),
    response_format: withSchema(ask, (schema) => ({ type: "json_schema", json_schema: { name: "s", schema } })),
    temperature: temperatureOf(ask),
    max_tokens: lengthOf(ask),
    ...optionOf(ask, { logit_bias: { "50256": -100 } }),
  }),
  "openai-responses": (ask) => ({
    instructions: systems[ask.system] ?? undefined,
    input: turnsOf(ask, (role, text) => ({ role, content: text })),
    tools: listOf(ask, (name, parameters) => ({ type: "function", name, parameters, strict: false })),
    text: withSchema(ask, (schema) => ({ format: { type: "json_schema", name: "s", schema } })),
    temperature: temperatureOf(ask),
    max_output_tokens: lengthOf(ask),
    ...optionOf(ask, { truncation: "auto" }),
  }),
  "anthropic-messages": (ask) => ({
    system: systems[ask.system] ?? undefined,
    messages: turnsOf(ask, (role, text) => ({ role, content: text })),
    tools: listOf(ask, (name, schema) => ({ name, input_schema: schema })),
    output_config: withSchema(ask, (schema) => ({ format: { type: "json_schema", schema } })),
    temperature: temperatureOf(ask),
    max_tokens: lengthOf(ask),
    ...optionOf(ask, { top_k: 7 }),
  }),
  gemini: (ask) => ({
    systemInstruction: ask.system === 0 ? undefined : { parts: [{ text: systems[ask.system] ?? "" }] },
    contents: turnsOf(ask, (role, text) => ({ role: role === "user" ? role : "model", parts: [{ text }] })),
    tools: declarationsOf(ask),
    generationConfig: defined({
      ...withSchema(ask, (schema) => ({ responseMimeType: "application/json", responseJsonSchema: schema })),
      temperature: temperatureOf(ask),
      maxOutputTokens: lengthOf(ask),
      ...optionOf(ask, { topK: 9 }),
    }),
  }),
  "openai-completions": (ask) => ({
    prompt: questionOf(ask),
    temperature: temperatureOf(ask),
    max_tokens: lengthOf(ask),
    ...optionOf(ask, { best_of: 1 }),
  }),
  "openai-embeddings": (ask) => ({
    input: ask.inputs === 0 ? questionOf(ask) : [...inputsOf(ask)],
    encoding_format: [undefined, "float", "base64"][ask.format],
    dimensions: [undefined, 256][ask.length],
    ...optionOf(ask, { input_type: "query" }),
  }),
};

function systemTurn({ system }: Ask): JsonValue[] {
  const text = systems[system] ?? null;
  return text === null ? [] : [{ role: "system", content: text }];
}

function turnsOf(ask: Ask, turn: (role: "user" | "assistant", text: string) => JsonObject): JsonValue[] {
  const text = earlierTexts[ask.earlier] ?? null;
  const earlier = text === null ? [] : [turn("user", text), turn("assistant", "Yes.")];
  return [...earlier, turn("user", questionOf(ask))];
}

/** Models write a schema's fields in its order, so the other order is another question. */
function schemaOf(order: readonly string[]): JsonObject {
  const properties = Object.fromEntries(order.map((name) => [name, { type: "string" }]));
  return { type: "object", properties, required: ["a", "b"], additionalProperties: false };
}

function withSchema(ask: Ask, write: (schema: JsonObject) => JsonObject): JsonObject | undefined {
  const order = formats[ask.format - 1];
  return order === undefined ? undefined : write(schemaOf(order));
}

function listOf(ask: Ask, write: (name: string, schema: JsonObject) => JsonObject): JsonValue[] | undefined {
  const f = write("f", schemaOf(["a", "b"]));
  return [undefined, [f], [write("f", schemaOf(["b", "a"]))], [f, write("g", schemaOf(["a", "b"]))]][ask.tools];
}

function declarationsOf(ask: Ask): JsonValue[] | undefined {
  const functionDeclarations = listOf(ask, (name, schema) => ({ name, parametersJsonSchema: schema }));
  return functionDeclarations === undefined ? undefined : [{ functionDeclarations }];
}

function temperatureOf(ask: Ask): number | undefined {
  return temperatures[ask.temperature] ?? undefined;
}

function lengthOf(ask: Ask): number {
  return lengths[ask.length] ?? lengths[0];
}

/** Nothing, a word of the dialect's own, or one that nobody knows yet. */
function optionOf({ option }: Ask, own: JsonObject): JsonObject {
  return [{}, own, { x_invented: "on" }][option] ?? {};
}
