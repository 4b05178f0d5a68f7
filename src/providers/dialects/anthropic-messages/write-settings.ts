import type { OutputFormat, Settings } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { untranslatable } from "../../translation/concepts.ts";
import type { ModelRules } from "./model-rules.ts";
import type { WritingNotes } from "./writing-notes.ts";

/** Tokens of an answer whose caller set no limit; the dialect demands one. */
const outputTokensDefault = 4_096;

/**
 * The limit of the answer.
 * @param allowanceTokens what thinking may take of it
 */
export function writeLimit(outputTokensMax: number | undefined, allowanceTokens: number, notes: WritingNotes): number {
  if (outputTokensMax !== undefined) return outputTokensMax;
  const limit = outputTokensDefault + allowanceTokens;
  notes.approximate(`no output limit as ${limit}`);
  return limit;
}

/**
 * `output_config`, ready to be spread.
 * @throws FarthingError `untranslatable` for a schema that the server would not keep to
 */
export function writeOutputConfig(
  effort: string | null,
  format: OutputFormat | undefined,
  quirks: Quirks,
  notes: WritingNotes,
): { output_config?: JsonObject } {
  if (effort === null && format === undefined) return {};
  return {
    output_config: {
      ...(effort === null ? {} : { effort }),
      ...(format === undefined ? {} : { format: writeFormat(format, quirks, notes) }),
    },
  };
}

function writeFormat(format: OutputFormat, quirks: Quirks, notes: WritingNotes): JsonObject {
  if (format.kind === "json") throw untranslatable("format-json", "its dialect has JSON by a schema only");
  if (quirks.jsonSchema === "none") throw untranslatable("format-schema", "its server keeps to no schema");
  if (format.name !== null) notes.leaveOut("format-schema-name");
  if (format.description !== null) notes.leaveOut("format-schema description");
  if (format.strict === false) notes.approximate("format-schema strict");
  return { type: "json_schema", schema: { ...format.schema } };
}

/**
 * Temperature, top_p and top_k as far as the model takes them. The defaults say nothing and are never written where
 * they could be refused.
 * @param thinks thinking is asked for, beside which none of them may be set
 */
export function writeSampling(settings: Settings, rules: ModelRules, thinks: boolean, notes: WritingNotes): JsonObject {
  const { temperature, topP, topK } = settings;
  if (thinks || rules.sampling === "none") {
    if (temperature !== undefined && temperature !== 1) notes.leaveOut("temperature");
    if (topP !== undefined && topP !== 1) notes.leaveOut("top-p");
    if (topK !== undefined) notes.leaveOut("top-k");
    return {};
  }
  // Other dialects go up to 2.
  const clamped = temperature === undefined ? undefined : Math.min(temperature, 1);
  if (clamped !== temperature) notes.approximate("temperature as 1");
  const alone = rules.sampling === "one" && clamped !== undefined;
  if (alone && topP !== undefined && topP !== 1) notes.leaveOut("top-p");
  return {
    ...(clamped === undefined ? {} : { temperature: clamped }),
    ...(topP === undefined || alone ? {} : { top_p: topP }),
    ...(topK === undefined ? {} : { top_k: topK }),
  };
}

/** Tiers of other dialects in this one's two words: `auto` takes the priority tier where the account has it. */
const tiers: Readonly<Record<string, string>> = {
  auto: "auto",
  priority: "auto",
  default: "standard_only",
  standard_only: "standard_only",
};

/** `service_tier`, ready to be spread. */
export function writeServiceTier(tier: string | undefined, notes: WritingNotes): { service_tier?: string } {
  if (tier === undefined) return {};
  const written = tiers[tier];
  if (written === undefined) {
    notes.leaveOut("service-tier");
    return {};
  }
  if (written !== tier) notes.approximate(`service-tier ${tier} as ${written}`);
  return { service_tier: written };
}
