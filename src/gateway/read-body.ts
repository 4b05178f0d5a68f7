import { FarthingError } from "../kit/farthing-error.ts";
import type { CallerRequest } from "./caller.ts";
import type { RequestHead } from "./read-head.ts";

const jsonType = /^application\/(?:[a-z0-9.-]+\+)?json\s*(?:;|$)/i;
const otherCharset = /;\s*charset\s*=\s*"?(?!utf-?8)/i;

/**
 * Checks what the headers say of the body, before a byte of it is read.
 * @throws FarthingError `unsupported_media_type`, `body_too_large`.
 */
export function checkBodyHead(head: RequestHead, bytesMax: number): void {
  const { contentType, contentEncoding } = head;
  if (contentType !== null && (!jsonType.test(contentType) || otherCharset.test(contentType))) {
    const message = "The body must be JSON in UTF-8. Send content-type: application/json.";
    throw new FarthingError("unsupported_media_type", message, { field: "content-type" });
  }
  if (contentEncoding !== null && contentEncoding.toLowerCase() !== "identity") {
    const message = "Compressed bodies are not read. Send the body without content-encoding.";
    throw new FarthingError("unsupported_media_type", message, { field: "content-encoding" });
  }
  checkBodySize(head, bytesMax);
}

/**
 * Checks the size that the headers tell.
 * @throws FarthingError `body_too_large`.
 */
export function checkBodySize({ contentLength }: RequestHead, bytesMax: number): void {
  if (contentLength !== null && contentLength > bytesMax) throw tooLarge(bytesMax);
}

/**
 * Reads the body, at most `bytesMax` bytes of it.
 * @param onLeave is given what to call when the caller's connection closes; a body that is complete by then stays read
 * Rejects with FarthingError `body_too_large` as soon as there are more, `client_closed` when the caller leaves first.
 */
export function readBody(
  request: CallerRequest,
  bytesMax: number,
  onLeave: (leave: () => void) => void,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let first: Buffer | null = null;
    let more: Buffer[] | null = null;
    let size = 0;
    // The listeners stay: they end with the request, and removing them would cost more than all they do.
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > bytesMax) {
        first = more = null;
        reject(tooLarge(bytesMax));
      } else if (first === null) first = chunk;
      else (more ??= [first]).push(chunk);
    });
    request.on("end", () => {
      resolve(more === null ? (first ?? Buffer.alloc(0)) : Buffer.concat(more, size));
    });
    onLeave(() => reject(new FarthingError("client_closed", "The caller left before its body was complete.")));
  });
}

function tooLarge(bytesMax: number): FarthingError {
  return new FarthingError("body_too_large", `The body is larger than ${bytesMax} bytes, the limit of this gateway.`);
}
