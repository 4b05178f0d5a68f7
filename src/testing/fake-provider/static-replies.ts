import type { IncomingCall } from "./http-reader.ts";
import { responseHead } from "./send-reply.ts";
import type { Wire } from "./wire.ts";

/** Content events of a static stream. */
const contentChunks = 40;

const openaiUsage = '{"prompt_tokens":250,"completion_tokens":40,"total_tokens":290}';

const openaiWhole = JSON.stringify({
  id: "chatcmpl-static0000000000000000000000",
  object: "chat.completion",
  created: 1_767_225_600,
  model: "gpt-4o-mini-2024-07-18",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "A fixed answer, for measuring. ".repeat(4).trim(), refusal: null },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: JSON.parse(openaiUsage) as unknown,
  service_tier: "default",
  system_fingerprint: "fp_static",
});

const anthropicWhole = JSON.stringify({
  id: "msg_01static00000000000000",
  type: "message",
  role: "assistant",
  model: "claude-haiku-4-5-20251001",
  content: [{ type: "text", text: "A fixed answer, for measuring. ".repeat(4).trim() }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 250, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 40 },
});

function openaiEvents(): string[] {
  const head =
    '{"id":"chatcmpl-static0000000000000000000000","object":"chat.completion.chunk","created":1767225600,"model":"gpt-4o-mini-2024-07-18","choices":';
  const chunk = (delta: string, finish: string): string =>
    `data: ${head}[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]}\n\n`;
  return [
    ...Array.from({ length: contentChunks }, (_, index) => chunk(`{"content":" word${index}"}`, "null")),
    chunk("{}", '"stop"'),
    `data: ${head}[],"usage":${openaiUsage}}\n\n`,
    "data: [DONE]\n\n",
  ];
}

function namedEvent(type: string, rest: string): string {
  return `event: ${type}\ndata: {"type":"${type}"${rest}}\n\n`;
}

function anthropicEvents(): string[] {
  const message =
    '{"id":"msg_01static00000000000000","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":250,"output_tokens":1}}';
  return [
    namedEvent("message_start", `,"message":${message}`),
    namedEvent("content_block_start", ',"index":0,"content_block":{"type":"text","text":""}'),
    ...Array.from({ length: contentChunks }, (_, index) =>
      namedEvent("content_block_delta", `,"index":0,"delta":{"type":"text_delta","text":" word${index}"}`),
    ),
    namedEvent("content_block_stop", ',"index":0'),
    namedEvent(
      "message_delta",
      ',"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":40}',
    ),
    namedEvent("message_stop", ""),
  ];
}

interface StaticReply {
  readonly whole: Buffer;
  readonly streamHead: Buffer;
  /** Each event as one HTTP chunk; the last one ends the body. */
  readonly chunks: readonly Buffer[];
  readonly streamAtOnce: Buffer;
}

function prepare(body: string, events: readonly string[], headers: string): StaticReply {
  const head = responseHead(200, headers, "application/json", Buffer.byteLength(body), true);
  const streamHead = Buffer.from(responseHead(200, headers, "text/event-stream; charset=utf-8", null, true));
  const chunks = events.map((event) => Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`));
  chunks.push(Buffer.concat([chunks.pop() ?? Buffer.alloc(0), Buffer.from("0\r\n\r\n")]));
  return { whole: Buffer.from(head + body), streamHead, chunks, streamAtOnce: Buffer.concat([streamHead, ...chunks]) };
}

const openaiReply = prepare(openaiWhole, openaiEvents(), "x-request-id: req_static\r\n");
const anthropicReply = prepare(anthropicWhole, anthropicEvents(), "request-id: req_static\r\n");

/**
 * Answers any POST with the same bytes: an upstream that costs next to nothing, for measuring what stands before it.
 * Bodies that hold `"stream":true` get 40 content events, finish, usage and the end, each as its own HTTP chunk.
 *
 * @param paceMs between events; 0 sends them in one write.
 */
export async function sendStatic(call: IncomingCall, wire: Wire, paceMs: number): Promise<void> {
  const reply = call.path.endsWith("/messages") ? anthropicReply : openaiReply;
  if (call.body.indexOf('"stream":true') < 0 && call.body.indexOf('"stream": true') < 0) {
    await wire.send(reply.whole);
    return;
  }
  if (paceMs === 0) {
    await wire.send(reply.streamAtOnce);
    return;
  }
  if (!(await wire.send(reply.streamHead))) return;
  for (const chunk of reply.chunks) if (!(await wire.sleep(paceMs)) || !(await wire.send(chunk))) return;
}
