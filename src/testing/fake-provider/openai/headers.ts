import { idText } from "../id-text.ts";
import type { CallSetting } from "../prepared-reply.ts";

/**
 * Response headers of OpenAI's API: its id of the call, and rate limits with durations such as `12ms`
 * (platform.openai.com/docs/api-reference/debugging-requests, .../guides/rate-limits).
 */
export function openaiHeaders(
  setting: CallSetting,
  promptTokens: number,
): { readonly requestId: string; readonly headers: string } {
  const requestId = idText("req_", 32, setting.seed, setting.number, true);
  const headers = `x-request-id: ${requestId}\r
openai-organization: org-fake\r
openai-processing-ms: 42\r
openai-version: 2020-10-01\r
x-ratelimit-limit-requests: 10000\r
x-ratelimit-limit-tokens: 30000000\r
x-ratelimit-remaining-requests: 9999\r
x-ratelimit-remaining-tokens: ${30_000_000 - Math.min(promptTokens, 30_000_000)}\r
x-ratelimit-reset-requests: 6ms\r
x-ratelimit-reset-tokens: ${Math.ceil(promptTokens / 500)}ms\r
`;
  return { requestId, headers };
}
