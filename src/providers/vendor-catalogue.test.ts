import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { noQuirks, type Quirks } from "../spec/quirks.ts";
import type { VendorRow } from "../spec/vendor.ts";
import { vendorById, vendorIds, vendorRows } from "./vendor-catalogue.ts";

const folder = new URL("./vendors/", import.meta.url);

test("every file of vendors/ is in the catalogue, once, under its own id", () => {
  const files = readdirSync(folder);
  expect(vendorIds.map((id) => `${id}.json`).toSorted()).toEqual(files.toSorted());
});

test.each(vendorRows)("$id names only what departs, and nobody calls it tried", (row) => {
  expect(vendorById(row.id)).toBe(row);
  const written = JSON.parse(readFileSync(new URL(`${row.id}.json`, folder), "utf8")) as VendorRow;
  for (const [name, value] of Object.entries(written.quirks)) {
    expect([name, value]).not.toEqual([name, noQuirks[name as keyof Quirks]]);
  }
  expect(row.status).not.toBe("live");
});

test.each(vendorRows)("$id can do what its dialects are for", (row) => {
  expect(row.dialects.includes("openai-embeddings")).toBe(row.capabilities.embeddings && row.id !== "google");
});

// What a call to each hosted vendor's own dialect adds up to, as its pages write it.
const dialectPaths = {
  "openai-chat": "/v1/chat/completions",
  "openai-responses": "/v1/responses",
  "anthropic-messages": "/v1/messages",
  gemini: "/v1beta/models/{model}:generateContent",
  "openai-embeddings": "/v1/embeddings",
  "openai-completions": "/v1/completions",
} as const;

test.each([
  ["openai", "openai-chat", "https://api.openai.com/v1/chat/completions"],
  ["openai", "openai-responses", "https://api.openai.com/v1/responses"],
  ["anthropic", "anthropic-messages", "https://api.anthropic.com/v1/messages"],
  ["google", "gemini", "https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent"],
  ["openrouter", "openai-chat", "https://openrouter.ai/api/v1/chat/completions"],
  ["openrouter", "anthropic-messages", "https://openrouter.ai/api/v1/messages"],
  ["deepseek", "openai-chat", "https://api.deepseek.com/v1/chat/completions"],
  ["deepseek", "anthropic-messages", "https://api.deepseek.com/anthropic/v1/messages"],
  ["xai", "openai-responses", "https://api.x.ai/v1/responses"],
  ["mistral", "openai-embeddings", "https://api.mistral.ai/v1/embeddings"],
  ["groq", "openai-chat", "https://api.groq.com/openai/v1/chat/completions"],
  ["together", "openai-completions", "https://api.together.xyz/v1/completions"],
  ["fireworks", "anthropic-messages", "https://api.fireworks.ai/inference/v1/messages"],
  ["perplexity", "openai-chat", "https://api.perplexity.ai/chat/completions"],
  ["cerebras", "openai-chat", "https://api.cerebras.ai/v1/chat/completions"],
  ["ollama", "openai-chat", "http://localhost:11434/v1/chat/completions"],
] as const)("%s answers %s at %s", (id, dialect, address) => {
  const row = vendorById(id);
  expect(row?.dialects).toContain(dialect);
  expect(`${row?.baseUrl}${row?.paths[dialect] ?? dialectPaths[dialect]}`).toBe(address);
});

test("servers at home take no key, the others do", () => {
  const local = vendorRows.filter((row) => row.baseUrl?.startsWith("http://localhost:"));
  expect(vendorRows.filter((row) => row.keyless)).toEqual(local);
  expect(local).toHaveLength(6);
});

test("an unknown vendor is null", () => {
  expect(vendorById("nobody")).toBeNull();
});
