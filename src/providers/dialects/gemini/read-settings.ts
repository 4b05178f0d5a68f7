import type { OutputFormat, ReasoningWish, Settings } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { jsonSchemaOf } from "./google-schema.ts";
import { booleanAt, listAt, malformed, numberAt, objectAt, type Reading, textAt } from "./reading.ts";

const configPath = "generationConfig";

/** Settings that are one number, by their names here and there. */
const numbers = [
  ["maxOutputTokens", "outputTokensMax"],
  ["temperature", "temperature"],
  ["topP", "topP"],
  ["topK", "topK"],
  ["seed", "seed"],
  ["frequencyPenalty", "frequencyPenalty"],
  ["presencePenalty", "presencePenalty"],
] as const;

/** Everything of `generationConfig`, and the tier. @throws FarthingError `untranslatable` or `invalid_request` naming the field */
export function readSettings(body: Readonly<JsonObject>, reading: Reading): Settings {
  const given = objectAt(body["generationConfig"], configPath);
  const tier = readTier(textAt(body["serviceTier"], "serviceTier"));
  if (given === null) return tier;
  const config = reading.members(given, configPath);
  const settings: Record<string, number> = {};
  for (const [name, setting] of numbers) {
    const value = numberAt(config[name], `${configPath}.${name}`);
    if (value !== null) settings[setting] = value;
  }
  return {
    ...settings,
    ...readStop(config),
    ...readFormat(config, reading),
    ...readThinking(config, reading),
    ...tier,
  };
}

function readStop(config: Readonly<JsonObject>): Pick<Settings, "stop"> {
  const value = config["stopSequences"];
  if (!isGiven(value)) return {};
  const texts = Array.isArray(value) ? value : [value as JsonValue];
  const stop = texts.filter((text) => typeof text === "string");
  if (stop.length < texts.length) throw malformed(`${configPath}.stopSequences`, "a list of texts");
  return stop.length === 0 ? {} : { stop };
}

/** The tier's name, in both of its spellings; the unspecified one is none. */
function readTier(given: string | null): Pick<Settings, "serviceTier"> {
  if (given === null) return {};
  const tier = given.toLowerCase().replace(/^service_tier_/, "");
  if (tier === "" || tier === "unspecified") return {};
  return { serviceTier: tier === "standard" ? "default" : tier };
}

function readFormat(config: Readonly<JsonObject>, reading: Reading): Pick<Settings, "format"> {
  const own = objectAt(config["responseSchema"], `${configPath}.responseSchema`);
  const plain = objectAt(config["responseJsonSchema"], `${configPath}.responseJsonSchema`);
  const mediaType = textAt(config["responseMimeType"], `${configPath}.responseMimeType`);
  const schema = plain ?? (own === null ? null : jsonSchemaOf(own));
  const formats = listAt(config["responseFormat"], `${configPath}.responseFormat`);
  if (formats.length === 0) return formatOf(mediaType, schema, `${configPath}.responseMimeType`);
  if (mediaType !== null || schema !== null || formats.length > 1) {
    throw untranslatable(`${configPath}.responseFormat`, "more than one form of the answer");
  }
  return readNewFormat(formats[0] ?? {}, reading);
}

/** The form that replaces the three older fields. */
function readNewFormat(value: Readonly<JsonObject>, reading: Reading): Pick<Settings, "format"> {
  const path = `${configPath}.responseFormat[]`;
  const text = objectAt(reading.members(value, path)["text"], `${path}.text`);
  if (text === null) return {};
  const members = reading.members(text, `${path}.text`);
  const mediaType = textAt(members["mimeType"], `${path}.text.mimeType`);
  return formatOf(mediaType, objectAt(members["schema"], `${path}.text.schema`), `${path}.text.mimeType`);
}

function formatOf(
  mediaType: string | null,
  schema: Readonly<JsonObject> | null,
  path: string,
): Pick<Settings, "format"> {
  const type = mediaType?.toLowerCase().replace("_", "/") ?? "";
  if (type !== "" && type !== "text/plain" && type !== "application/json") {
    throw untranslatable(path, "a form of the answer that only Google has");
  }
  if (schema !== null) {
    const format: OutputFormat = { kind: "json-schema", name: null, description: null, schema, strict: null };
    return { format };
  }
  return type === "application/json" ? { format: { kind: "json" } } : {};
}

function readThinking(config: Readonly<JsonObject>, reading: Reading): Pick<Settings, "reasoning"> {
  const path = `${configPath}.thinkingConfig`;
  const given = objectAt(config["thinkingConfig"], path);
  if (given === null) return {};
  const thinking = reading.members(given, path);
  const level = textAt(thinking["thinkingLevel"], `${path}.thinkingLevel`)?.toLowerCase() ?? null;
  const budget = numberAt(thinking["thinkingBudget"], `${path}.thinkingBudget`);
  const reasoning: ReasoningWish = {
    effort: level === "thinking_level_unspecified" ? null : level,
    // -1 leaves it to the model, which is what saying nothing does.
    budgetTokens: budget === null || budget < 0 ? null : budget,
    show: booleanAt(thinking["includeThoughts"], `${path}.includeThoughts`),
  };
  const { effort, budgetTokens, show } = reasoning;
  return effort === null && budgetTokens === null && show === null ? {} : { reasoning };
}
