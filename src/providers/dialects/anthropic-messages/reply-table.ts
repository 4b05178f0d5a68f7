import type { FieldTable } from "../../translation/concepts.ts";

const vendorBlocks = "only tools that the vendor runs give such blocks, and those are never asked for here";

/**
 * Every field of a message and of its stream: @anthropic-ai/sdk 1.12.0 (2026-11-20), resources/messages/messages.d.ts
 * and resources/beta/messages/messages.d.ts, read 2026-11-21. Stream events carry the same fields piece by piece.
 */
export const replyTable: FieldTable = {
  id: { concept: "id" },
  type: { kept: "message" },
  role: { kept: "assistant" },
  model: { concept: "served-model" },
  content: { kept: "its blocks are rows below" },
  "content[].text": { concept: "text" },
  "content[].citations": { dropped: "they are refused in requests" },
  "content[].thinking": { concept: "reasoning" },
  "content[].signature": { concept: "reasoning-signature" },
  "content[].data": { concept: "reasoning-redacted" },
  "content[] (tool_use)": { concept: "tool-call" },
  "content[].id": { concept: "tool-call" },
  "content[].name": { concept: "tool-call" },
  "content[].input": { concept: "tool-call" },
  "content[].caller": { dropped: "always `direct` for the caller's own tools" },
  "content[].toolset_name": { dropped: vendorBlocks },
  "content[] (server_tool_use, *_tool_result, container_upload)": { dropped: vendorBlocks },
  "content[] (mcp_tool_use, mcp_tool_result, mcp_tool_listing)": { dropped: vendorBlocks },
  "content[] (compaction, fallback)": { dropped: "refused in requests" },
  stop_reason: { concept: "finish-reason" },
  stop_sequence: { concept: "stop-sequence" },
  stop_details: { dropped: "why the vendor's filter refused" },
  container: { dropped: vendorBlocks },
  context_management: { dropped: "refused in requests" },
  diagnostics: { dropped: "about the vendor's cache" },
  input_transformations: { dropped: "what the vendor did to pictures" },
  usage: { concept: "usage" },
  "usage.input_tokens": { concept: "usage" },
  "usage.cache_read_input_tokens": { concept: "usage" },
  "usage.cache_creation_input_tokens": { concept: "usage" },
  "usage.cache_creation.ephemeral_5m_input_tokens": { concept: "usage" },
  "usage.cache_creation.ephemeral_1h_input_tokens": { concept: "usage" },
  "usage.output_tokens": { concept: "usage" },
  "usage.output_tokens_details.thinking_tokens": { concept: "usage" },
  "usage.server_tool_use": { concept: "usage" },
  "usage.service_tier": { concept: "usage" },
  "usage.speed": { concept: "usage" },
  "usage.iterations": { concept: "usage" },
  "usage.inference_geo": { dropped: "where it was computed" },
  "usage.fallback_credit": { dropped: "about the account at the vendor" },
};
