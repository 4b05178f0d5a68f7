import { hash } from "node:crypto";
import type { IncomingCall } from "./http-reader.ts";
import { readMultipart, type MultipartForm } from "./multipart.ts";
import { isJsonObject, type JsonBody } from "./prepared-reply.ts";

/** Whose wire format a call speaks. */
export type WireFormat = "openai" | "anthropic" | "gemini";

/** A call of the API, as far as it can be told before it is judged. */
export interface IdentifiedCall {
  readonly call: IncomingCall;
  readonly format: WireFormat;
  /** The API key; null without one. Never logged. */
  readonly key: string | null;
  readonly keyDigest: string | null;
  readonly bodySha256: string;
  /** The parsed body; null where it is not a JSON object. */
  readonly body: JsonBody | null;
  /** The parsed form; null where it is none. */
  readonly form: MultipartForm | null;
  readonly model: string | null;
  readonly stream: boolean;
}

/** By path; where all vendors have one (`/v1/models`), by headers that only Anthropic's or Google's clients send. */
function formatOf(call: IncomingCall): WireFormat {
  // Google's own client calls `/v1` from its third version on, `/v1beta` before (js-genai 2.32 and 3.1).
  if (call.path.startsWith("/v1beta/") || geminiPath.exec(call.path)?.[2] !== undefined) return "gemini";
  if (call.path.startsWith("/v1/models") && call.headers.has("x-goog-api-key")) return "gemini";
  if (call.path.startsWith("/v1/messages")) return "anthropic";
  const isAnthropic = call.headers.has("anthropic-version") || call.headers.has("x-api-key");
  return call.path.startsWith("/v1/models") && isAnthropic ? "anthropic" : "openai";
}

function keyOf(call: IncomingCall, format: WireFormat): string | null {
  const own = ownKeyOf(call, format);
  if (own !== null && own !== "") return own;
  const bearer = /^bearer\s+(\S+)$/i.exec(call.headers.get("authorization") ?? "")?.[1];
  return bearer ?? null;
}

/** Where the vendor's own clients put the key, if not in `Authorization`. */
function ownKeyOf(call: IncomingCall, format: WireFormat): string | null {
  switch (format) {
    case "openai":
      return null;
    case "anthropic":
      return call.headers.get("x-api-key") ?? null;
    case "gemini":
      return call.headers.get("x-goog-api-key") ?? new URLSearchParams(call.query).get("key");
  }
}

/** Gemini names the model and whether to stream in the path. */
const geminiPath = /^\/v1(?:beta)?\/models\/([^/:]+)(?::([a-zA-Z]+))?$/;

function modelOf(
  call: IncomingCall,
  format: WireFormat,
  body: JsonBody | null,
  form: MultipartForm | null,
): string | null {
  if (format === "gemini") return geminiPath.exec(call.path)?.[1] ?? null;
  const model = body?.["model"] ?? form?.fields.get("model");
  return typeof model === "string" ? model : null;
}

function streams(call: IncomingCall, format: WireFormat, body: JsonBody | null, form: MultipartForm | null): boolean {
  if (format === "gemini") return geminiPath.exec(call.path)?.[2] === "streamGenerateContent";
  return body?.["stream"] === true || body?.["stream_format"] === "sse" || form?.fields.get("stream") === "true";
}

function parseBody(bytes: Buffer): JsonBody | null {
  try {
    const document: unknown = JSON.parse(bytes.toString());
    return isJsonObject(document) ? document : null;
  } catch {
    return null;
  }
}

/** Reads what can be told of a call, whatever is wrong with it. */
export function identifyCall(call: IncomingCall): IdentifiedCall {
  const format = formatOf(call);
  const key = keyOf(call, format);
  const form = readMultipart(call.headers.get("content-type") ?? "", call.body);
  const body = call.body.length === 0 || form !== null ? null : parseBody(call.body);
  return {
    call,
    format,
    key,
    keyDigest: key === null ? null : hash("sha256", key).slice(0, 16),
    bodySha256: hash("sha256", call.body),
    body,
    form,
    model: modelOf(call, format, body, form),
    stream: streams(call, format, body, form),
  };
}
