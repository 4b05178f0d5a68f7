import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A provider whose behaviour a proof writes down; OpenAI chat only. It shares the proof's clock, so times compare. */
export interface ScriptedUpstream {
  readonly origin: string;
  readonly calls: () => number;
  close(): Promise<void>;
}

/** Answers each call by a script of the proof. */
export type Script = (
  call: { readonly body: string; readonly number: number },
  request: IncomingMessage,
  response: ServerResponse,
) => void;

/** Starts it on a free port. */
export async function startScriptedUpstream(script: Script): Promise<ScriptedUpstream> {
  let calls = 0;
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      calls += 1;
      script({ body: Buffer.concat(pieces).toString(), number: calls }, request, response);
    });
    request.on("error", () => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", 4_096, resolve));
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`,
    calls: () => calls,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A whole chat completion with usage. */
export function chatReply(id: string, text = "An answer."): string {
  const message = { role: "assistant", content: text, refusal: null };
  return JSON.stringify({
    id,
    object: "chat.completion",
    created: 1_790_000_000,
    model: "gpt-4o-mini-2024-07-18",
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
  });
}

/** One content event of a chat stream. */
export function chatChunk(id: string, text: string): string {
  return `data: ${JSON.stringify({
    id,
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: "gpt-4o-mini-2024-07-18",
    choices: [{ index: 0, delta: { content: text }, finish_reason: null }],
    usage: null,
  })}\n\n`;
}

/** The events that end a chat stream: finish, usage, [DONE]. */
export function chatStreamEnd(id: string): string {
  const head = { id, object: "chat.completion.chunk", created: 1_790_000_000, model: "gpt-4o-mini-2024-07-18" };
  const finish = { ...head, choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage: null };
  const usage = { ...head, choices: [], usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 } };
  return `data: ${JSON.stringify(finish)}\n\ndata: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n`;
}
