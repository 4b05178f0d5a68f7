import type { TransportFailure } from "../../spec/transport.ts";

/** Codes of a connection that broke; names as in undici's lib/core/errors.js and Node's list of system errors. */
const resetCodes: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE", "ECONNABORTED", "ETIMEDOUT"]);

/** The code of an error, or its class; never its message, which may quote an address, a header or a key. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code: unknown = "code" in error ? error.code : undefined;
  if (typeof code === "string" && /^[A-Z0-9_]{1,60}$/.test(code)) return code;
  return /^[A-Za-z]{1,60}$/.test(error.name) ? error.name : "Error";
}

/** Turns an error of the HTTP client into a failure. `sent`: the request had been given to a connection. */
export function classifyFailure(error: unknown, sent: boolean): TransportFailure {
  const code = codeOf(error);
  if (!sent) return classifyUnsent(code);
  if (resetCodes.has(code)) {
    return {
      kind: "reset",
      sent,
      message: `The provider cut the connection before its answer was complete (${code}).`,
    };
  }
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    return { kind: "too-large", sent, message: `The provider's answer is larger than the limit (${code}).` };
  }
  return { kind: "protocol", sent, message: `The provider's answer is not proper HTTP (${code}).` };
}

function classifyUnsent(code: string): TransportFailure {
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") {
    return { kind: "connect-timeout", sent: false, message: `The provider could not be reached in time (${code}).` };
  }
  if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") {
    return {
      kind: "protocol",
      sent: false,
      message: `The request holds a path or header that cannot be sent (${code}).`,
    };
  }
  if (code === "UND_ERR_CLOSED" || code === "UND_ERR_DESTROYED") {
    return { kind: "aborted", sent: false, message: `The connections to providers are shutting down (${code}).` };
  }
  return { kind: "connect", sent: false, message: `No connection to the provider (${code}).` };
}
