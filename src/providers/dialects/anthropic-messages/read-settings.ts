import type { OutputFormat, ReasoningWish, Settings } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { integerField, numberField } from "../request-fields.ts";
import { readToolChoice } from "./read-tools.ts";
import type { ReadingNotes } from "./reading-notes.ts";
import { asObject, malformed, optionalArray, optionalObject, optionalText, requireText } from "./typed-fields.ts";

type Fields = Readonly<JsonObject>;

/**
 * Everything of a request but its model, prompt and tools.
 * @throws FarthingError `invalid_request`, `untranslatable`
 */
export function readSettings(body: Fields, notes: ReadingNotes): Settings {
  const outputTokensMax = integerField(body, "max_tokens", 0, Number.MAX_SAFE_INTEGER);
  if (outputTokensMax === 0) throw untranslatable("max_tokens", "0 fills this vendor's cache and answers nothing");
  const temperature = numberField(body, "temperature");
  const topP = numberField(body, "top_p");
  const topK = numberField(body, "top_k");
  const stop = readStop(body);
  const config = optionalObject(body, "output_config", "");
  if (config !== null) notes.leaveOutUnknown(config, "output_config", ["effort", "format"]);
  const format = readFormat(body, config, notes);
  const reasoning = readReasoning(body, config, notes);
  const serviceTier = optionalText(body, "service_tier", "");
  return {
    ...(outputTokensMax === null ? {} : { outputTokensMax }),
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { topP }),
    ...(topK === null ? {} : { topK }),
    ...(stop.length === 0 ? {} : { stop }),
    ...readToolChoice(body, notes),
    ...(format === null ? {} : { format }),
    ...(reasoning === null ? {} : { reasoning }),
    ...readUser(body, notes),
    ...(serviceTier === null ? {} : { serviceTier }),
  };
}

function readStop(body: Fields): string[] {
  return optionalArray(body, "stop_sequences").map((text, index) => {
    if (typeof text !== "string") throw malformed(`stop_sequences[${index}]`, "a text");
    return text;
  });
}

function readUser(body: Fields, notes: ReadingNotes): Pick<Settings, "user"> {
  const metadata = optionalObject(body, "metadata", "");
  if (metadata === null) return {};
  notes.leaveOutUnknown(metadata, "metadata", ["user_id"]);
  const user = optionalText(metadata, "user_id", "metadata");
  return user === null ? {} : { user };
}

/** `output_format` is the older place of the same. The vendor keeps to the schema exactly. */
function readFormat(body: Fields, config: Fields | null, notes: ReadingNotes): OutputFormat | null {
  const current = config === null ? null : optionalObject(config, "format", "output_config");
  const path = current === null ? "output_format" : "output_config.format";
  const format = current ?? optionalObject(body, "output_format", "");
  if (format === null) return null;
  notes.leaveOutUnknown(format, path, ["type", "schema"]);
  if (format["type"] !== "json_schema") throw malformed(`${path}.type`, '"json_schema"');
  const schema = asObject(format["schema"], `${path}.schema`);
  return { kind: "json-schema", name: null, description: null, schema, strict: true };
}

/**
 * What `thinking` and `output_config.effort` say together. Thinking that is adaptive runs at the vendor's default
 * effort, `high`, where none is given; `between_tools` is the least that some models can be asked for.
 */
function readReasoning(body: Fields, config: Fields | null, notes: ReadingNotes): ReasoningWish | null {
  const effort = config === null ? null : optionalText(config, "effort", "output_config");
  const thinking = optionalObject(body, "thinking", "");
  if (thinking === null) return effort === null ? null : { effort, budgetTokens: null, show: null };
  notes.leaveOutUnknown(thinking, "thinking", ["type", "budget_tokens", "display"]);
  const show = readDisplay(thinking, notes);
  const kind = requireText(thinking, "type", "thinking");
  switch (kind) {
    case "disabled":
      // The effort of an answer without thinking is its length; no other dialect has a word for that.
      if (effort !== null) notes.leaveOut("output_config.effort");
      return { effort: "none", budgetTokens: null, show: null };
    case "adaptive":
      return { effort: effort ?? "high", budgetTokens: null, show };
    case "between_tools":
      return { effort: effort ?? "minimal", budgetTokens: null, show };
    case "enabled":
      return { effort, budgetTokens: readBudget(thinking), show };
    default:
      throw malformed("thinking.type", '"enabled", "adaptive", "between_tools" or "disabled"');
  }
}

function readBudget(thinking: Fields): number {
  const budget = thinking["budget_tokens"];
  if (typeof budget === "number" && Number.isSafeInteger(budget) && budget > 0) return budget;
  throw malformed("thinking.budget_tokens", "a whole number of at least 1");
}

function readDisplay(thinking: Fields, notes: ReadingNotes): boolean | null {
  const display = optionalText(thinking, "display", "thinking");
  if (display === null) return null;
  if (display !== "summarized" && display !== "omitted") notes.leaveOut("thinking.display");
  return display !== "omitted";
}
