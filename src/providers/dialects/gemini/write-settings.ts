import type { OutputFormat, Settings } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { writeThinking } from "./write-thinking.ts";
import type { WritingNotes } from "./writing-notes.ts";

/** Settings that are one value, by their names there and here. */
const plain = [
  ["maxOutputTokens", "outputTokensMax"],
  ["temperature", "temperature"],
  ["topP", "topP"],
  ["topK", "topK"],
  ["seed", "seed"],
  ["frequencyPenalty", "frequencyPenalty"],
  ["presencePenalty", "presencePenalty"],
] as const;

/** `generationConfig`; null where nothing was set. @throws FarthingError `untranslatable` naming the concept */
export function writeSettings(
  settings: Settings,
  model: string,
  quirks: Quirks,
  notes: WritingNotes,
): JsonObject | null {
  const config: JsonObject = {};
  for (const [name, setting] of plain) {
    const value = settings[setting];
    if (value !== undefined) config[name] = value;
  }
  if (settings.stop !== undefined) config["stopSequences"] = [...settings.stop];
  if (settings.format !== undefined) Object.assign(config, writeFormat(settings.format, quirks, notes));
  const thinking = settings.reasoning === undefined ? null : writeThinking(settings.reasoning, model, notes);
  if (thinking !== null) config["thinkingConfig"] = thinking;
  return Object.keys(config).length === 0 ? null : config;
}

/** A schema is always kept exactly there, so `strict` needs no word. */
function writeFormat(format: OutputFormat, quirks: Quirks, notes: WritingNotes): JsonObject {
  const json = { responseMimeType: "application/json" };
  if (format.kind === "json") return json;
  if (quirks.jsonSchema === "none") throw untranslatable("format-schema", "the server does not keep to schemas");
  if (format.description !== null) notes.drop("format-schema-description");
  return { ...json, responseJsonSchema: { ...format.schema } };
}

/** `serviceTier`; null for the one that is used when nothing is said. */
export function writeTier(tier: string | undefined, notes: WritingNotes): string | null {
  switch (tier) {
    case undefined:
      return null;
    case "flex":
    case "priority":
      return tier;
    case "default":
    case "standard":
    case "standard_only":
      return "standard";
    default:
      // `auto` leaves it to the provider, which is what saying nothing does; other tiers Google does not have.
      notes.drop("service-tier");
      return null;
  }
}
