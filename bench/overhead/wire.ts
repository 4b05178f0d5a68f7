/** Bytes that the benchmark's upstream answers with and its clients send; OpenAI-shaped. */
const usage = '"usage":{"prompt_tokens":230,"completion_tokens":40,"total_tokens":270}';
const head = '"id":"chatcmpl-bench0000000000000000","created":1790000000,"model":"gpt-4o-mini-2024-07-18"';

/** A whole reply of about 600 bytes. */
export const wholeBody: Buffer = Buffer.from(
  `{${head},"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"${"word ".repeat(60)}",` +
    `"refusal":null},"logprobs":null,"finish_reason":"stop"}],${usage},"service_tier":"default"}`,
);

/** Number of SSE events of one streamed reply: 40 of content, finish, usage, [DONE]. */
export const eventsPerStream = 43;

/** The events of a streamed reply, each with its blank line. */
export const streamEvents: readonly Buffer[] = [
  ...Array.from({ length: 40 }, (_, index) => contentEvent(`word${index} `)),
  Buffer.from(
    `data: {${head},"object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}\n\n`,
  ),
  Buffer.from(`data: {${head},"object":"chat.completion.chunk","choices":[],${usage}}\n\n`),
  Buffer.from("data: [DONE]\n\n"),
];

/** The same answer as an Anthropic server streams it: the source of translated streams. */
export const messagesEvents: readonly Buffer[] = [
  messagesEvent("message_start", {
    message: {
      id: "msg_bench0000000000000000",
      type: "message",
      role: "assistant",
      model: "claude-haiku-4-5-20251001",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 230, output_tokens: 1 },
    },
  }),
  messagesEvent("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
  ...Array.from({ length: 40 }, (_, index) =>
    messagesEvent("content_block_delta", { index: 0, delta: { type: "text_delta", text: `word${index} ` } }),
  ),
  messagesEvent("content_block_stop", { index: 0 }),
  messagesEvent("message_delta", {
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { output_tokens: 40 },
  }),
  messagesEvent("message_stop", {}),
];

function messagesEvent(type: string, members: object): Buffer {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`);
}

function contentEvent(text: string): Buffer {
  const delta = `{"index":0,"delta":{"content":"${text}"},"finish_reason":null}`;
  return Buffer.from(`data: {${head},"object":"chat.completion.chunk","choices":[${delta}],"usage":null}\n\n`);
}

/** Digits at the end of every prompt that make requests differ; the same number gives the same request. */
const serialDigits = 12;

/** A request as bytes on the wire, whose serial number can be changed in place. */
export interface WireRequest {
  readonly bytes: Buffer;
  setSerial(serial: number): void;
}

/** Builds a chat request whose JSON body has about `bodyBytes` bytes. `key`: the caller's. */
export function wireRequest(port: number, bodyBytes: number, stream: boolean, key = "sk-bench"): WireRequest {
  const tail = stream ? '],"stream":true,"stream_options":{"include_usage":true}}' : '],"temperature":0.2}';
  const open =
    '{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You answer briefly."},{"role":"user","content":"';
  const room = Math.max(0, bodyBytes - open.length - tail.length - serialDigits - 3);
  const prompt = "The quick brown fox jumps over the lazy dog; sort the ticket. "
    .repeat(Math.ceil(room / 62))
    .slice(0, room);
  const body = `${open}${prompt}#${"0".repeat(serialDigits)}"}${tail}`;
  const bytes = Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${key}\r\n` +
      `content-type: application/json\r\nx-portkey-provider: openai\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const at = bytes.lastIndexOf(`#${"0".repeat(serialDigits)}`) + 1;
  return {
    bytes,
    setSerial: (serial) => void bytes.write(String(serial).padStart(serialDigits, "0"), at, "latin1"),
  };
}
