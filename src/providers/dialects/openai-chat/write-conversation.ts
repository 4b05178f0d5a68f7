import type { Conversation, OutputFormat, Settings, ToolChoice, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { ConversationWriting } from "../../../spec/codec.ts";
import type { WriteOptions } from "../../../spec/translated-request.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { effortOf } from "../effort-of-budget.ts";
import { fitToServer } from "./fit-to-server.ts";
import { writeMessages } from "./write-messages.ts";

/** OpenAI demands a name for a schema; it shows nowhere. */
const unnamedFormat = "answer";
/** Tiers that OpenAI has (openai-node 7.57.0, read 2026-11-21). */
const serviceTiers: ReadonlySet<string> = new Set(["auto", "default", "flex", "scale", "priority", "fast"]);

/**
 * The body of a chat completion request.
 * @throws FarthingError `untranslatable` naming the concept
 */
export function writeConversation(given: Conversation, { quirks }: WriteOptions): ConversationWriting {
  const { conversation, dropped } = fitToServer(given, quirks);
  const { model, stream, tools, settings } = conversation;
  const { messages, approximated } = writeMessages(conversation, quirks.systemRole);
  const hints: string[] = [];
  const body: JsonObject = {
    model,
    messages,
    ...(stream ? { stream } : {}),
    ...(stream && quirks.acceptsStreamUsage ? { stream_options: { include_usage: true } } : {}),
    ...(tools.length === 0 ? {} : { tools: tools.map((tool) => writeTool(tool)) }),
    ...writeSettings(settings, quirks, hints),
  };
  const tier = tierOf(settings.serviceTier);
  if (tier !== null) body["service_tier"] = tier;
  return {
    body,
    dropped: settings.serviceTier !== undefined && tier === null ? [...dropped, "service-tier"] : dropped,
    approximated: [...approximated, ...hints],
  };
}

function writeTool({ name, description, parameters, strict }: ToolSpec): JsonObject {
  return {
    type: "function",
    function: {
      name,
      ...(description === null ? {} : { description }),
      ...(parameters === null ? {} : { parameters }),
      ...(strict === null ? {} : { strict }),
    },
  };
}

function writeSettings(settings: Settings, quirks: Quirks, approximated: string[]): JsonObject {
  const { format, reasoning, toolChoice } = settings;
  const all: Readonly<Record<string, JsonValue | Readonly<JsonObject> | readonly string[] | null | undefined>> = {
    [quirks.outputLimitField]: settings.outputTokensMax,
    temperature: settings.temperature,
    top_p: settings.topP,
    stop: settings.stop,
    seed: settings.seed,
    frequency_penalty: settings.frequencyPenalty,
    presence_penalty: settings.presencePenalty,
    tool_choice: toolChoice === undefined ? null : writeToolChoice(toolChoice),
    parallel_tool_calls: settings.parallelToolCalls,
    response_format: format === undefined ? null : writeFormat(format, quirks, approximated),
    reasoning_effort: reasoning?.effort ?? effortOf(reasoning?.budgetTokens ?? null, approximated),
    verbosity: settings.verbosity,
    user: settings.user,
    metadata: settings.metadata,
  };
  const written = Object.entries(all).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(written) as JsonObject;
}

/** Anthropic's word for "no priority" is OpenAI's default; other words mean nothing here. */
function tierOf(tier: string | undefined): string | null {
  if (tier === "standard_only") return "default";
  return tier !== undefined && serviceTiers.has(tier) ? tier : null;
}

function writeToolChoice(choice: ToolChoice): JsonValue {
  if (choice.kind === "tool") return { type: "function", function: { name: choice.name } };
  return choice.kind === "any" ? "required" : choice.kind;
}

function writeFormat(format: OutputFormat, quirks: Quirks, approximated: string[]): JsonObject {
  if (format.kind === "json") return { type: "json_object" };
  if (quirks.jsonSchema === "none") throw untranslatable("format-schema", "this server has no such thing");
  if (quirks.jsonSchema === "hint") approximated.push("format-schema as a hint");
  const { name, description, schema, strict } = format;
  return {
    type: "json_schema",
    json_schema: {
      name: name ?? unnamedFormat,
      ...(description === null ? {} : { description }),
      schema: { ...schema },
      ...(strict === null ? {} : { strict }),
    },
  };
}
