import { idText } from "../id-text.ts";
import type { CallSetting } from "../prepared-reply.ts";

/**
 * Response headers of Anthropic's API: its id of the call, and rate limits with RFC 3339 resets
 * (docs.claude.com/en/api/rate-limits, "Response headers").
 */
export function anthropicHeaders(
  setting: CallSetting,
  promptTokens: number,
): { readonly requestId: string; readonly headers: string } {
  const requestId = idText("req_011C", 20, setting.seed, setting.number);
  const reset = `${new Date(setting.nowMs + 1_000).toISOString().slice(0, 19)}Z`;
  const headers = `request-id: ${requestId}\r
anthropic-organization-id: 00000000-0000-4000-8000-00000000fa4e\r
anthropic-ratelimit-requests-limit: 4000\r
anthropic-ratelimit-requests-remaining: 3999\r
anthropic-ratelimit-requests-reset: ${reset}\r
anthropic-ratelimit-input-tokens-limit: 2000000\r
anthropic-ratelimit-input-tokens-remaining: ${2_000_000 - Math.min(promptTokens, 2_000_000)}\r
anthropic-ratelimit-input-tokens-reset: ${reset}\r
anthropic-ratelimit-output-tokens-limit: 400000\r
anthropic-ratelimit-output-tokens-remaining: 400000\r
anthropic-ratelimit-output-tokens-reset: ${reset}\r
`;
  return { requestId, headers };
}
