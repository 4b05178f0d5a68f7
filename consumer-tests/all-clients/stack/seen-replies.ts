import { subscribe } from "node:diagnostics_channel";

/** A response as it reached a client of this process. */
export interface SeenReply {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

interface HeadersMessage {
  readonly request: { readonly origin: string; readonly path: string; readonly method: string };
  readonly response: { readonly statusCode: number; readonly headers: readonly Buffer[] };
}

/**
 * Writes down the head of every response that `fetch` gets from `origin`. Node tells of them on a channel, so clients
 * stay as they are: nothing of theirs is wrapped or replaced.
 */
export function watchReplies(origin: string): readonly SeenReply[] {
  const seen: SeenReply[] = [];
  subscribe("undici:request:headers", (message) => {
    const { request, response } = message as HeadersMessage;
    if (request.origin !== origin) return;
    const headers = new Map<string, string>();
    for (let at = 0; at + 1 < response.headers.length; at += 2) {
      headers.set(String(response.headers[at]).toLowerCase(), String(response.headers[at + 1]));
    }
    seen.push({ method: request.method, path: request.path, status: response.statusCode, headers });
  });
  return seen;
}
