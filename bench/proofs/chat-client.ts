import { request, type Agent, type IncomingMessage } from "node:http";

/** What one call brought, as far as the caller saw it. */
export interface ChatOutcome {
  readonly status: number;
  /** Our id; empty when the call failed before the headers. */
  readonly requestId: string;
  readonly body: string;
  /** The last byte came. */
  readonly whole: boolean;
}

/** A call under way that can be left at any moment. */
export interface ChatCall {
  readonly outcome: Promise<ChatOutcome>;
  /** Settles when the response's headers came. */
  readonly started: Promise<void>;
  leave(): void;
}

/** Posts a chat request with node:http, so that nothing retries behind the proof's back. */
export function postChat(port: number, body: string, agent?: Agent): ChatCall {
  const call = request({
    port,
    host: "127.0.0.1",
    path: "/v1/chat/completions",
    method: "POST",
    headers: {
      authorization: "Bearer sk-proof",
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    },
    ...(agent === undefined ? {} : { agent }),
  });
  const started = new Promise<void>((resolve) => {
    call.once("response", () => resolve());
    call.once("close", () => resolve());
  });
  const outcome = new Promise<ChatOutcome>((resolve) => {
    call.once("response", (response) => collect(response, resolve));
    call.once("error", () => resolve({ status: 0, requestId: "", body: "", whole: false }));
  });
  call.end(body);
  return { outcome, started, leave: () => void call.destroy() };
}

function collect(response: IncomingMessage, resolve: (outcome: ChatOutcome) => void): void {
  let body = "";
  response.setEncoding("utf8");
  response.on("data", (piece: string) => (body += piece));
  response.on("error", () => {});
  response.on("close", () => {
    const requestId = String(response.headers["x-farthing-request-id"] ?? "");
    resolve({ status: response.statusCode ?? 0, requestId, body, whole: response.complete });
  });
}

/** A small chat request; `marker` makes it different from every other. */
export function chatBody(marker: string, stream: boolean): string {
  return JSON.stringify({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: `Say something about ${marker}.` }],
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  });
}
