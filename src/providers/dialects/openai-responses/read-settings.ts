import type { OutputFormat, ReasoningWish, Settings } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { checkMembers, type Dropped } from "./check-members.ts";
import { booleanAt, misfit, numberAt, objectAt, requiredTextAt, textAt } from "./demand-fields.ts";
import { readToolChoice } from "./read-tools.ts";

/** Tiers that have a meaning elsewhere. `fast` is the vendor's newer name of `priority` (openai-node 7.57, ServiceTier). */
const serviceTiers: ReadonlyMap<string, string> = new Map([
  ["auto", "auto"],
  ["default", "default"],
  ["flex", "flex"],
  ["priority", "priority"],
  ["fast", "priority"],
]);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The settings of the answer.
 * @throws FarthingError `invalid_request`, `untranslatable`
 */
export function readSettings(body: Readonly<JsonObject>, dropped: Dropped): Settings {
  const settings: Mutable<Settings> = {};
  const outputTokensMax = numberAt(body["max_output_tokens"], "max_output_tokens");
  if (outputTokensMax !== null) settings.outputTokensMax = outputTokensMax;
  const temperature = numberAt(body["temperature"], "temperature");
  if (temperature !== null) settings.temperature = temperature;
  const topP = numberAt(body["top_p"], "top_p");
  if (topP !== null) settings.topP = topP;
  const toolChoice = readToolChoice(body["tool_choice"], dropped);
  if (toolChoice !== null) settings.toolChoice = toolChoice;
  const parallelToolCalls = booleanAt(body["parallel_tool_calls"], "parallel_tool_calls");
  if (parallelToolCalls !== null) settings.parallelToolCalls = parallelToolCalls;
  const reasoning = readReasoningWish(body["reasoning"], dropped);
  if (reasoning !== null) settings.reasoning = reasoning;
  return { ...settings, ...readTextSettings(body["text"], dropped), ...readNames(body, dropped) };
}

function readTextSettings(value: JsonValue | undefined, dropped: Dropped): Pick<Settings, "format" | "verbosity"> {
  const text = objectAt(value, "text");
  if (text === null) return {};
  checkMembers(text, "text", dropped);
  const verbosity = textAt(text["verbosity"], "text.verbosity");
  const format = readFormat(text["format"], dropped);
  return { ...(format === null ? {} : { format }), ...(verbosity === null ? {} : { verbosity }) };
}

function readFormat(value: JsonValue | undefined, dropped: Dropped): OutputFormat | null {
  const format = objectAt(value, "text.format");
  if (format === null) return null;
  const type = requiredTextAt(format["type"], "text.format.type");
  if (type === "text") return null;
  checkMembers(format, "text.format", dropped);
  if (type === "json_object") return { kind: "json" };
  if (type !== "json_schema") throw untranslatable("text.format.type", "this form is not known here");
  const schema = objectAt(format["schema"], "text.format.schema");
  if (schema === null) throw misfit("text.format.schema", "an object");
  return {
    kind: "json-schema",
    name: textAt(format["name"], "text.format.name"),
    description: textAt(format["description"], "text.format.description"),
    schema,
    strict: booleanAt(format["strict"], "text.format.strict"),
  };
}

function readReasoningWish(value: JsonValue | undefined, dropped: Dropped): ReasoningWish | null {
  const wish = objectAt(value, "reasoning");
  if (wish === null) return null;
  checkMembers(wish, "reasoning", dropped);
  const effort = textAt(wish["effort"], "reasoning.effort");
  const summary =
    textAt(wish["summary"], "reasoning.summary") ?? textAt(wish["generate_summary"], "reasoning.generate_summary");
  if (effort === null && summary === null) return null;
  return { effort, budgetTokens: null, show: summary === null ? null : true };
}

/** Who asks, and what the caller wrote beside the request. */
function readNames(body: Readonly<JsonObject>, dropped: Dropped): Pick<Settings, "user" | "metadata" | "serviceTier"> {
  const user = textAt(body["user"], "user");
  const safetyIdentifier = textAt(body["safety_identifier"], "safety_identifier");
  // The newer name of the same thing; the other one is then about the cache.
  if (safetyIdentifier !== null && user !== null && user !== safetyIdentifier) dropped.add("user");
  const named = safetyIdentifier ?? user;
  const metadata = readMetadata(body["metadata"]);
  const asked = textAt(body["service_tier"], "service_tier");
  const serviceTier = asked === null ? undefined : serviceTiers.get(asked);
  if (asked !== null && serviceTier === undefined) dropped.add("service_tier");
  return {
    ...(named === null ? {} : { user: named }),
    ...(metadata === null ? {} : { metadata }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  };
}

function readMetadata(value: JsonValue | undefined): Record<string, string> | null {
  if (!isGiven(value)) return null;
  const entries = Object.entries(objectAt(value, "metadata") ?? {}).map(([name, text]) => {
    if (typeof text !== "string") throw misfit("metadata", "an object of texts");
    return [name, text] as const;
  });
  return Object.fromEntries(entries);
}
