import type { FinishReason } from "../../../spec/attempt.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { Asked } from "../../../spec/codec.ts";
import type { Usage } from "../../../spec/usage.ts";
import { objectOf } from "../json-fields.ts";
import { writtenFinishOf } from "./finish-reason.ts";
import { writeUsage } from "./write-usage.ts";

/** What names a response. */
export interface ResponseHead {
  readonly id: string;
  readonly model: string;
  readonly createdAtS: number;
}

/** How a response stands. */
export interface ResponseState {
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly incompleteReason: string | null;
  readonly output: readonly JsonObject[];
  /** Null while it runs. */
  readonly usage: Usage | null;
  readonly error: JsonObject | null;
}

/** A response that has begun. */
export const begunState: ResponseState = {
  status: "in_progress",
  incompleteReason: null,
  output: [],
  usage: null,
  error: null,
};

/** A response that ended for `reason`. */
export function endedState(reason: FinishReason, output: readonly JsonObject[], usage: Usage): ResponseState {
  return { ...writtenFinishOf(reason, output.some(holdsRefusal)), output, usage, error: null };
}

function holdsRefusal({ content }: JsonObject): boolean {
  return Array.isArray(content) && content.some((part) => objectOf(part)?.["type"] === "refusal");
}

/** Tiers that the vendor has (openai-node 7.57, ServiceTier); those of others are served as its standard one would be. */
const ownTiers: ReadonlySet<string> = new Set(["auto", "default", "flex", "priority", "scale", "fast", "ultrafast"]);

/** The tier that served; null when the provider told none. */
function tierOf(usage: Usage): string | null {
  const tier = usage.serviceTier ?? null;
  return tier === null || ownTiers.has(tier) ? tier : "default";
}

/**
 * The response object. Clients want the request's settings in it (openai-node 7.57 types them as required), so they are
 * repeated, and those that were not sent have the vendor's defaults.
 */
export function responseObject({ request, requestId }: Asked, head: ResponseHead, state: ResponseState): JsonObject {
  const body = request.rest;
  const echo = (field: string, standard: JsonValue): JsonValue => body[field] ?? standard;
  return {
    id: head.id === "" ? `resp_${requestId}` : head.id,
    object: "response",
    created_at: head.createdAtS,
    status: state.status,
    background: false,
    error: state.error,
    incomplete_details: state.incompleteReason === null ? null : { reason: state.incompleteReason },
    instructions: echo("instructions", null),
    max_output_tokens: echo("max_output_tokens", null),
    max_tool_calls: echo("max_tool_calls", null),
    model: head.model === "" ? request.model : head.model,
    output: [...state.output],
    parallel_tool_calls: echo("parallel_tool_calls", true),
    previous_response_id: null,
    prompt_cache_key: echo("prompt_cache_key", null),
    reasoning: { effort: null, summary: null, ...objectOf(body["reasoning"]) },
    safety_identifier: echo("safety_identifier", null),
    service_tier: state.usage === null ? echo("service_tier", "auto") : tierOf(state.usage),
    // Nothing is kept here, whatever was asked.
    store: false,
    temperature: echo("temperature", 1),
    text: { format: { type: "text" }, ...objectOf(body["text"]) },
    tool_choice: echo("tool_choice", "auto"),
    tools: echo("tools", []),
    top_logprobs: 0,
    top_p: echo("top_p", 1),
    truncation: "disabled",
    usage: state.usage === null ? null : writeUsage(state.usage),
    user: echo("user", null),
    metadata: echo("metadata", {}),
  };
}
