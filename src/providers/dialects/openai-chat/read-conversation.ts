import type { JsonValue } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import type { ConversationReading } from "../../../spec/codec.ts";
import { objectOf } from "../json-fields.ts";
import { fields } from "./fields.ts";
import { readMessages } from "./read-messages.ts";
import { readSettings, readTools } from "./read-settings.ts";
import { createSieve, type FieldSieve } from "./sift-fields.ts";

const isEmptyList = (value: JsonValue): boolean => Array.isArray(value) && value.length === 0;

/** Values of refused fields that ask for what OpenAI does anyway (its API reference, read 2026-11-21). */
const sieve: FieldSieve = createSieve(fields.request, {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  logit_bias: (value) => Object.keys(objectOf(value) ?? { one: 1 }).length === 0,
  modalities: (value) => JSON.stringify(value) === '["text"]',
  functions: isEmptyList,
  // Without functions neither word changes anything.
  function_call: (value) => value === "none" || value === "auto",
});

/**
 * A chat completion request, free of its dialect.
 * @throws FarthingError `invalid_request` or `untranslatable`, naming the field
 */
export function readConversation(request: ModelRequest): ConversationReading {
  const { model, stream, rest } = request;
  const sifted = sieve(rest);
  const { system, turns, dropped } = readMessages(rest["messages"]);
  const conversation = {
    model,
    stream,
    system,
    turns,
    tools: readTools(rest["tools"]),
    settings: readSettings(request),
  };
  return { conversation, dropped: [...new Set([...sifted, ...dropped])] };
}
