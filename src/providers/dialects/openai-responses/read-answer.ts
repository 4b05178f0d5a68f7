import type { Answer, Part } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { arrayOf, objectOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { finishReasonOf, nothingSeen } from "./finish-reason.ts";
import { reasoningProofOf, reasoningTextOf } from "./item-facts.ts";
import { readUsage } from "./read-usage.ts";

/** A whole response; null for anything else, failed responses and those that still run included. No quirk concerns this dialect. */
export function readAnswer(body: Uint8Array, _quirks: Quirks): Answer | null {
  const response = parseObjectBytes(body);
  const finish = response === null ? null : finishReasonOf(response, nothingSeen);
  if (response === null || finish === null || !Array.isArray(response["output"])) return null;
  const createdAtS = response["created_at"];
  return {
    id: textOf(response["id"]) ?? "",
    model: textOf(response["model"]) ?? "",
    createdAtS: typeof createdAtS === "number" ? createdAtS : null,
    parts: response["output"].flatMap((item) => partsOf(objectOf(item) ?? {})),
    finish,
    stopSequence: null,
    usage: readUsage(response),
  };
}

function partsOf(item: Readonly<JsonObject>): readonly Part[] {
  if (item["type"] === "message") return arrayOf(item["content"]).flatMap((part) => textPartsOf(objectOf(part) ?? {}));
  if (item["type"] === "reasoning") {
    return [{ type: "reasoning", text: reasoningTextOf(item), ...reasoningProofOf(item) }];
  }
  if (item["type"] !== "function_call") return [];
  const id = textOf(item["call_id"]) ?? textOf(item["id"]) ?? "";
  const argumentsText = textOf(item["arguments"]) ?? "";
  return [{ type: "tool-call", id, name: textOf(item["name"]) ?? "", argumentsText }];
}

function textPartsOf(part: Readonly<JsonObject>): readonly Part[] {
  const text = textOf(part["text"]);
  if (text !== null) return [{ type: "text", text }];
  const refusal = textOf(part["refusal"]);
  return refusal === null ? [] : [{ type: "refusal", text: refusal }];
}
