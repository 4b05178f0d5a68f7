import { hash } from "node:crypto";
import type { IncomingCall } from "./http-reader.ts";
import { isJsonObject, type JsonBody } from "./prepared-reply.ts";

/** Whose wire format a call speaks. */
export type WireFormat = "openai" | "anthropic";

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
  readonly model: string | null;
  readonly stream: boolean;
}

/** By path; where both vendors have one (`/v1/models`), by headers that only Anthropic's clients send. */
function formatOf(call: IncomingCall): WireFormat {
  if (call.path.startsWith("/v1/messages")) return "anthropic";
  const isAnthropic = call.headers.has("anthropic-version") || call.headers.has("x-api-key");
  return call.path.startsWith("/v1/models") && isAnthropic ? "anthropic" : "openai";
}

function keyOf(call: IncomingCall, format: WireFormat): string | null {
  const own = format === "anthropic" ? call.headers.get("x-api-key") : undefined;
  if (own !== undefined && own !== "") return own;
  const bearer = /^bearer\s+(\S+)$/i.exec(call.headers.get("authorization") ?? "")?.[1];
  return bearer ?? null;
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
  const body = call.body.length === 0 ? null : parseBody(call.body);
  const model = body?.["model"];
  return {
    call,
    format,
    key,
    keyDigest: key === null ? null : hash("sha256", key).slice(0, 16),
    bodySha256: hash("sha256", call.body),
    body,
    model: typeof model === "string" ? model : null,
    stream: body?.["stream"] === true,
  };
}
