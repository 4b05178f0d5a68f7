import type { CarriedFields, Says } from "../../translation/concepts.ts";
import { replyFields } from "./reply-table.ts";
import { requestFields } from "./request-table.ts";

/*
 * What a response request and its answer can say. Source: openai-node 7.57.0 resources/responses/responses.d.ts and
 * resources/shared.d.ts, which are generated from the vendor's specification; read 2026-11-21. Not said, though the
 * vendor has something like it:
 * - cache marks: `prompt_cache_breakpoint` is refused by every model before GPT-5.6 (prompt caching guide).
 * - sound: the schema has `input_audio`, but no list of content that may hold it.
 * - a failed tool: `function_call_output` has no word for it.
 * By the nearest thing: `strict: false` is what other dialects mean when they say nothing, so the two are one; thinking is
 * hidden when nobody asks for a summary, so "do not show it" has no word of its own.
 */
const says: Says = {
  system: "kept",
  "system-turn": "kept",
  text: "kept",
  "image-url": "kept",
  "image-data": "kept",
  "image-detail": "kept",
  "document-url": "kept",
  "document-data": "kept",
  "document-name": "kept",
  "tool-call": "kept",
  "tool-result": "kept",
  "tool-result-media": "kept",
  reasoning: "kept",
  "reasoning-signature": "kept",
  "reasoning-redacted": "kept",
  "reasoning-id": "kept",
  refusal: "kept",
  tools: "kept",
  "tool-strict": "approximated",
  "tool-choice": "kept",
  "parallel-tool-calls": "kept",
  "format-json": "kept",
  "format-schema": "kept",
  "format-schema-name": "kept",
  "output-tokens-max": "kept",
  temperature: "kept",
  "top-p": "kept",
  "reasoning-effort": "kept",
  "reasoning-budget": "approximated",
  "reasoning-show": "approximated",
  verbosity: "kept",
  user: "kept",
  metadata: "kept",
  "service-tier": "approximated",
  id: "kept",
  "served-model": "kept",
  "created-at": "kept",
  "finish-reason": "approximated",
  usage: "kept",
};

/** What this dialect can say and what becomes of each of its fields in another one. */
export const fields: CarriedFields = { request: requestFields, reply: replyFields, says };
