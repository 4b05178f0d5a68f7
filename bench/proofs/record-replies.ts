import { translatedDialects } from "../../src/spec/request.ts";
import type { DialectName } from "../../src/spec/request.ts";
import { startFakeProvider } from "../../src/testing/fake-provider/start-fake-provider.ts";

/** An answer of the fake provider, as it came. */
export interface RecordedReply {
  readonly dialect: DialectName;
  readonly stream: boolean;
  readonly text: string;
}

const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const question = "Weather in Oslo? Think, then call the tool.";

/** Requests of one dialect: plain text, tools, structured output, thinking. */
const bodies: Readonly<Partial<Record<DialectName, readonly object[]>>> = {
  "openai-chat": [
    {},
    { tools: [{ type: "function", function: { name: "weather", parameters: schema } }], tool_choice: "required" },
    { response_format: { type: "json_schema", json_schema: { name: "place", schema, strict: true } } },
    { model: "o4-mini", reasoning_effort: "high" },
  ].map((more) => ({ model: "gpt-4o-mini", messages: [{ role: "user", content: question }], ...more })),
  "openai-responses": [
    {},
    { tools: [{ type: "function", name: "weather", parameters: schema }], tool_choice: "required" },
    { text: { format: { type: "json_schema", name: "place", schema, strict: true } } },
    { model: "o4-mini", reasoning: { effort: "high", summary: "auto" } },
  ].map((more) => ({ model: "gpt-4o-mini", input: question, ...more })),
  "anthropic-messages": [
    {},
    { tools: [{ name: "weather", input_schema: schema }], tool_choice: { type: "any" } },
    { thinking: { type: "enabled", budget_tokens: 1024 } },
  ].map((more) => ({
    model: "claude-haiku-4-5",
    max_tokens: 4096,
    messages: [{ role: "user", content: question }],
    ...more,
  })),
  gemini: [
    {},
    {
      tools: [{ functionDeclarations: [{ name: "weather", parametersJsonSchema: schema }] }],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
    },
    { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } },
  ].map((more) => ({ contents: [{ role: "user", parts: [{ text: question }] }], ...more })),
};

const keys: Readonly<Record<string, string>> = {
  authorization: "Bearer sk-record",
  "x-api-key": "sk-record",
  "x-goog-api-key": "sk-record",
  "anthropic-version": "2023-06-01",
  "content-type": "application/json",
};

/** Asks the fake provider for answers of every translated dialect, whole and streamed. */
export async function recordReplies(seed: number): Promise<readonly RecordedReply[]> {
  const provider = await startFakeProvider({ latency: "none", seed });
  const replies: RecordedReply[] = [];
  try {
    for (const dialect of translatedDialects) {
      for (const body of bodies[dialect] ?? []) {
        for (const stream of [false, true]) {
          const text = await replyText(provider.origin, dialect, body, stream);
          replies.push({ dialect, stream, text });
        }
      }
    }
  } finally {
    await provider.stop();
  }
  return replies;
}

async function replyText(origin: string, dialect: DialectName, body: object, stream: boolean): Promise<string> {
  const paths: Readonly<Partial<Record<DialectName, string>>> = {
    "openai-chat": "/v1/chat/completions",
    "openai-responses": "/v1/responses",
    "anthropic-messages": "/v1/messages",
    gemini: `/v1beta/models/gemini-2.5-flash:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  };
  const streamed = dialect === "gemini" || !stream ? body : { ...body, stream: true };
  const usage = dialect === "openai-chat" && stream ? { stream_options: { include_usage: true } } : {};
  const response = await fetch(`${origin}${paths[dialect] ?? ""}`, {
    method: "POST",
    headers: keys,
    body: JSON.stringify({ ...streamed, ...usage }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${dialect}: the fake provider answered ${response.status} ${text}`);
  return text;
}
