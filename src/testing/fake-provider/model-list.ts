import { anthropicModels, openaiModels, type FakeModel } from "./invoice-prices.ts";
import {
  completionModels,
  embeddingModels,
  imageModels,
  speechModels,
  transcriptionModels,
} from "./invoice-prices-endpoints.ts";

/** 2025-01-01; the list's dates are not the vendors'. */
const createdS = 1_735_689_600;
const createdAt = "2025-01-01T00:00:00Z";

function openaiEntry(id: string): object {
  return { id, object: "model", created: createdS, owned_by: "system" };
}

function anthropicEntry(id: string): object {
  const name = id.replace(/-\d{8}$/, "").replaceAll("-", " ");
  return {
    type: "model",
    id,
    display_name: name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
    created_at: createdAt,
  };
}

/** Models of every endpoint of OpenAI's. */
const allOpenai: ReadonlyMap<string, FakeModel> = new Map([
  ...openaiModels,
  ...completionModels,
  ...embeddingModels,
  ...imageModels,
  ...speechModels,
  ...transcriptionModels,
]);

/** `GET /v1/models` in OpenAI's shape. */
export function openaiModelList(): string {
  return JSON.stringify({ object: "list", data: [...allOpenai.keys()].map(openaiEntry) });
}

/** `GET /v1/models` in Anthropic's shape, on one page. */
export function anthropicModelList(): string {
  const ids = [...anthropicModels.keys()];
  return JSON.stringify({ data: ids.map(anthropicEntry), has_more: false, first_id: ids[0], last_id: ids.at(-1) });
}

/** `GET /v1/models/{id}`; null where there is no such model. */
export function modelEntry(id: string, isAnthropic: boolean): string | null {
  if (!(isAnthropic ? anthropicModels : allOpenai).has(id)) return null;
  return JSON.stringify(isAnthropic ? anthropicEntry(id) : openaiEntry(id));
}
