import { geminiModels } from "../invoice-prices-gemini.ts";
import type { Refusal } from "../prepared-reply.ts";
import { unknownModel } from "./errors.ts";
import { traitsOf } from "./model-traits.ts";

/** Models on a page, unless the caller says otherwise (ai.google.dev/api/models, models.list). */
const pageModels = 50;

function entryOf(name: string): object {
  const { thinks } = traitsOf(name);
  const displayName = name.replaceAll("-", " ").replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return {
    name: `models/${name}`,
    version: "001",
    displayName,
    description: `Simulated ${displayName}`,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ["generateContent", "countTokens"],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    maxTemperature: 2,
    ...(thinks === "never" ? {} : { thinking: true }),
  };
}

/** `GET /v1beta/models`: a page of `pageSize` from `pageToken`. */
export function geminiModelList(query: string): string {
  const asked = new URLSearchParams(query);
  const size = Math.min(1_000, Math.max(1, Number(asked.get("pageSize") ?? pageModels) || pageModels));
  const first = Math.max(0, Number(asked.get("pageToken") ?? "0") || 0);
  const all = [...geminiModels.keys()];
  const next = first + size < all.length ? { nextPageToken: String(first + size) } : {};
  const models = all.slice(first, first + size).map(entryOf);
  return `${JSON.stringify({ models, ...next }, null, 2)}\n`;
}

/** `GET /v1beta/models/{model}`. */
export function geminiModelEntry(name: string): string | Refusal {
  return geminiModels.has(name) ? `${JSON.stringify(entryOf(name), null, 2)}\n` : unknownModel(name, "getModel");
}
