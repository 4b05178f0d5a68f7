import { describe, expect, it } from "vitest";
import { mayKeepRefusal, refusalBytesMax } from "./refusal-caching.ts";

const openai = (message: string, code: string | null = null): string =>
  JSON.stringify({ error: { message, type: "invalid_request_error", param: "messages", code } });
const anthropic = (message: string, type = "invalid_request_error"): string =>
  JSON.stringify({ type: "error", error: { type, message } });

describe("a refusal that every repeat would meet", () => {
  it.each<[number, string]>([
    [
      400,
      openai(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.",
        "context_length_exceeded",
      ),
    ],
    [400, openai("Unsupported parameter: 'max_tokens' is not supported with this model.", "unsupported_parameter")],
    [400, openai("Invalid value: 'wizard'. Supported values are: 'system', 'assistant', 'user'.", "invalid_value")],
    [400, anthropic("messages: text content blocks must be non-empty")],
    [400, anthropic("max_tokens: 9000 > 8192, which is the maximum allowed number of output tokens for this model")],
    [404, anthropic("model: claude-9", "not_found_error")],
    [413, anthropic("Request exceeds the maximum size", "request_too_large")],
    [422, JSON.stringify({ detail: [{ loc: ["body", "messages"], msg: "field required" }] })],
  ])("%s %s", (status, text) => {
    expect(mayKeepRefusal(status, text)).toBe(true);
  });
});

describe("a refusal that a later moment may answer otherwise", () => {
  it.each<[number, string]>([
    [
      400,
      anthropic("Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade."),
    ],
    [400, openai("You exceeded your current quota.", "insufficient_quota")],
    [400, openai("Something.", "rate_limit_exceeded")],
    [400, openai("You have insufficient permissions for this operation.")],
    [400, openai("Billing hard limit has been reached", "billing_hard_limit_reached")],
    [400, openai("Your organization must be verified to stream this model.")],
    [400, openai("Timeout while downloading https://example.com/cat.png.", "invalid_image_url")],
    [400, openai("The response was filtered due to the prompt triggering our policy.", "content_filter")],
    [400, anthropic("This Claude model is currently overloaded")],
    [404, openai("The model `gpt-9` does not exist or you do not have access to it.", "model_not_found")],
    [404, openai("The API deployment does not exist. If you created it within 5 minutes, please wait a moment.")],
    [413, openai("Request too large for model on tokens per minute (TPM): Limit 6000, Requested 7000")],
    [400, JSON.stringify({ error: { status: "FAILED_PRECONDITION", message: "User location is not supported." } })],
    [400, JSON.stringify({ error: { status: "FAILED_PRECONDITION", message: "The file is PROCESSING." } })],
  ])("%s %s", (status, text) => {
    expect(mayKeepRefusal(status, text)).toBe(false);
  });

  it.each([200, 401, 402, 403, 405, 408, 409, 410, 418, 425, 429, 451, 500, 502, 503, 504, 529])(
    "any of status %s",
    (status) => {
      expect(mayKeepRefusal(status, openai("Invalid value."))).toBe(false);
    },
  );
});

it("what is no JSON object, or too long to be read, is not kept", () => {
  expect(mayKeepRefusal(400, "Bad Request")).toBe(false);
  expect(mayKeepRefusal(400, "<html>nginx</html>")).toBe(false);
  expect(mayKeepRefusal(400, "")).toBe(false);
  expect(mayKeepRefusal(400, openai("x".repeat(refusalBytesMax)))).toBe(false);
});
