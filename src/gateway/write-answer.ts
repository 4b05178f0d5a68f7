import type { CallerRequest, CallerResponse } from "./caller.ts";

/**
 * Writes an answer in one piece. Where the caller is still sending its body, the answer goes out at once, the rest of the body is
 * thrown away for a moment so that the caller gets to read it, and then the connection ends.
 */
export function writeWhole(
  request: CallerRequest,
  response: CallerResponse,
  status: number,
  headers: string[],
  body: Uint8Array,
): void {
  headers.push("content-length", String(body.length));
  if (request.complete) {
    response.writeHead(status, headers);
    response.end(body);
    return;
  }
  headers.push("connection", "close");
  response.writeHead(status, headers);
  response.write(body);
  discardRest(request, response);
}

const discardMsMax = 2000;
const discardBytesMax = 8 * 1024 * 1024;

/** Closing a socket with unread bytes would reset it and could destroy the answer on its way. */
function discardRest(request: CallerRequest, response: CallerResponse): void {
  let left = discardBytesMax;
  const finish = (): void => {
    clearTimeout(timer);
    request.off("data", count);
    response.end();
  };
  const count = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) finish();
  };
  const timer = setTimeout(finish, discardMsMax);
  timer.unref();
  request.on("data", count);
  request.once("end", finish);
  request.once("error", finish);
  request.once("close", finish);
  request.resume();
}

/** Writes a document of ours. */
export function writeJson(request: CallerRequest, response: CallerResponse, status: number, document: unknown): void {
  const headers = ["content-type", "application/json", "cache-control", "no-store"];
  writeWhole(request, response, status, headers, Buffer.from(JSON.stringify(document)));
}
