import { effortOf } from "../effort-of-budget.ts";
import type { OutputFormat, ReasoningWish, Settings, ToolChoice, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { untranslatable } from "../../translation/concepts.ts";

/** What was said in another way is named here. */
export type Approximated = string[];

/**
 * Tokens of thinking up to which an effort is meant, as Google maps the one to the other in its OpenAI-compatible
 * endpoint (ai.google.dev/gemini-api/docs/openai, "thinking"; read 2026-11-21).
 */

/** A schema must have a name here; callers of other dialects need not give one. */
const schemaName = "answer";

/** A function. Without a word the vendor would take `strict` for true, other dialects for false. */
export function toolOf({ name, description, parameters, strict }: ToolSpec): JsonObject {
  const described = description === null ? {} : { description };
  return { type: "function", name, ...described, parameters: copyOf(parameters), strict: strict ?? false };
}

/**
 * The settings as fields of the body.
 * @throws FarthingError `untranslatable` where the server keeps no schema
 */
export function settingFields(settings: Settings, quirks: Quirks, approximated: Approximated): JsonObject {
  const { outputTokensMax, temperature, topP, toolChoice, parallelToolCalls, user, metadata } = settings;
  const text = textFields(settings, quirks, approximated);
  return {
    ...(outputTokensMax === undefined ? {} : { max_output_tokens: outputTokensMax }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoiceOf(toolChoice) }),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
    ...(Object.keys(text).length === 0 ? {} : { text }),
    ...reasoningField(settings.reasoning, approximated),
    // The older name, which every server of this dialect knows.
    ...(user === undefined ? {} : { user }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    ...serviceTierField(settings.serviceTier, approximated),
  };
}

function toolChoiceOf(choice: ToolChoice): string | JsonObject {
  if (choice.kind === "tool") return { type: "function", name: choice.name };
  return choice.kind === "any" ? "required" : choice.kind;
}

function textFields({ format, verbosity }: Settings, quirks: Quirks, approximated: Approximated): JsonObject {
  return {
    ...(format === undefined ? {} : { format: formatOf(format, quirks, approximated) }),
    ...(verbosity === undefined ? {} : { verbosity }),
  };
}

function formatOf(format: OutputFormat, quirks: Quirks, approximated: Approximated): JsonObject {
  if (format.kind === "json") return { type: "json_object" };
  if (quirks.jsonSchema === "none") throw untranslatable("format-schema", "this server keeps no schema");
  if (quirks.jsonSchema === "hint") approximated.push("format-schema as a hint");
  const { name, description, schema, strict } = format;
  return {
    type: "json_schema",
    name: name ?? schemaName,
    ...(description === null ? {} : { description }),
    schema: copyOf(schema),
    ...(strict === null ? {} : { strict }),
  };
}

function reasoningField(wish: ReasoningWish | undefined, approximated: Approximated): JsonObject {
  if (wish === undefined) return {};
  const effort = wish.effort ?? effortOf(wish.budgetTokens, approximated);
  const reasoning = {
    ...(effort === null ? {} : { effort }),
    ...(wish.show === true ? { summary: "auto" } : {}),
  };
  return Object.keys(reasoning).length === 0 ? {} : { reasoning };
}

function serviceTierField(tier: string | undefined, approximated: Approximated): JsonObject {
  if (tier === undefined) return {};
  if (tier !== "standard_only") return { service_tier: tier };
  // Anthropic's wish for no priority.
  approximated.push("service-tier standard_only as default");
  return { service_tier: "default" };
}

/** Bodies are read-only by agreement, not by copy. */
function copyOf(object: Readonly<JsonObject> | null): JsonObject | null {
  return object === null ? null : { ...object };
}
