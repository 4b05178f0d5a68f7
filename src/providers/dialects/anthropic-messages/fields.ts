import type { CarriedFields } from "../../translation/concepts.ts";
import { replyTable } from "./reply-table.ts";
import { requestTable } from "./request-table.ts";

/** What becomes of each field on its way to another dialect, and what this dialect can say of theirs; sources in the tables. */
export const fields: CarriedFields = {
  request: requestTable,
  reply: replyTable,
  says: {
    system: "kept",
    // The newest models take a `system` message in some places; elsewhere it joins the system prompt.
    "system-turn": "approximated",
    text: "kept",
    "image-url": "kept",
    "image-data": "kept",
    "document-url": "kept",
    "document-data": "kept",
    "document-name": "kept",
    "tool-call": "kept",
    "tool-result": "kept",
    "tool-result-media": "kept",
    "tool-result-error": "kept",
    // Thinking without a signature is not the model's own and is left out.
    reasoning: "approximated",
    "reasoning-signature": "kept",
    "reasoning-redacted": "kept",
    // As text.
    refusal: "approximated",
    "cache-mark": "kept",
    tools: "kept",
    "tool-strict": "kept",
    "tool-choice": "kept",
    // The switch stands in `tool_choice`, so it brings a choice with it.
    "parallel-tool-calls": "approximated",
    "format-schema": "kept",
    "output-tokens-max": "kept",
    // 0 to 1; some models take none.
    temperature: "approximated",
    "top-p": "approximated",
    "top-k": "approximated",
    stop: "kept",
    // As effort, budget or adaptive thinking, whichever the model knows.
    "reasoning-effort": "approximated",
    "reasoning-budget": "approximated",
    "reasoning-show": "approximated",
    user: "kept",
    "service-tier": "approximated",
    id: "kept",
    "served-model": "kept",
    "finish-reason": "approximated",
    "stop-sequence": "kept",
    usage: "kept",
  },
};
