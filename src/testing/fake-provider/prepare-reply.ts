import { answerCountTokens, answerMessages } from "./anthropic/answer-messages.ts";
import * as anthropicErrors from "./anthropic/errors.ts";
import { anthropicHeaders } from "./anthropic/headers.ts";
import type { Behaviour } from "./behaviour.ts";
import type { IdentifiedCall, WireFormat } from "./identify-call.ts";
import { noTokens } from "./invoice.ts";
import { anthropicModelList, modelEntry, openaiModelList } from "./model-list.ts";
import { answerChat } from "./openai/answer-chat.ts";
import * as openaiErrors from "./openai/errors.ts";
import { openaiHeaders } from "./openai/headers.ts";
import type { CallSetting, PreparedReply, Refusal } from "./prepared-reply.ts";
import type { PromptCache } from "./prompt-cache.ts";

/** What a content delivery network shows when the origin is down. */
const htmlPage =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";

/** A reply that is not an answer of a model: one text, no tokens, no price. */
function plainReply(
  format: WireFormat,
  setting: CallSetting,
  status: number,
  text: string,
  contentType = "application/json",
  moreHeaders = "",
): PreparedReply {
  const { requestId, headers } = format === "openai" ? openaiHeaders(setting, 0) : anthropicHeaders(setting, 0);
  return {
    status,
    headers: headers + moreHeaders,
    contentType,
    requestId,
    responseId: null,
    servedModel: null,
    price: null,
    prompt: noTokens,
    reasoningTokens: 0,
    outputTokens: 0,
    stream: false,
    pieces: [{ text, generated: 0, isContent: false, isUsage: false }],
    errorEvent: "",
    seed: setting.number,
  };
}

function refused(format: WireFormat, setting: CallSetting, refusal: Refusal): PreparedReply {
  const { requestId } = format === "openai" ? openaiHeaders(setting, 0) : anthropicHeaders(setting, 0);
  const { status, body, headers } = anthropicErrors.withRequestId(refusal, requestId);
  return plainReply(format, setting, status, body, "application/json", headers);
}

function scenarioRefusal(format: WireFormat, status: number, behaviour: Behaviour, model: string): Refusal {
  const refusal =
    format === "openai"
      ? openaiErrors.scenarioError(status, behaviour, model)
      : anthropicErrors.scenarioError(status, behaviour);
  const wait = behaviour.retryAfter === undefined ? "" : `retry-after: ${behaviour.retryAfter}\r\n`;
  const waitMs = behaviour.retryAfterMs === undefined ? "" : `retry-after-ms: ${behaviour.retryAfterMs}\r\n`;
  return { ...refusal, headers: wait + waitMs };
}

/** What the vendor looks at before the body's content: the key, the version header, the JSON. */
function frontDoor(given: IdentifiedCall): Refusal | null {
  const errors = given.format === "openai" ? openaiErrors : anthropicErrors;
  if (given.key === null) return errors.missingKey;
  if (given.format === "anthropic" && !given.call.headers.has("anthropic-version"))
    return anthropicErrors.missingVersion;
  return null;
}

function modelsReply(given: IdentifiedCall, setting: CallSetting): PreparedReply {
  const { format, call } = given;
  const id = decodeURIComponent(call.path.slice("/v1/models/".length));
  if (id === "") {
    return plainReply(format, setting, 200, format === "openai" ? openaiModelList() : anthropicModelList());
  }
  const entry = modelEntry(id, format === "anthropic");
  const errors = format === "openai" ? openaiErrors : anthropicErrors;
  return entry === null ? refused(format, setting, errors.unknownModel(id)) : plainReply(format, setting, 200, entry);
}

function unknownPath(given: IdentifiedCall, setting: CallSetting): PreparedReply {
  const { method, path } = given.call;
  const refusal =
    given.format === "openai"
      ? openaiErrors.openaiError(404, `Invalid URL (${method} ${path})`)
      : anthropicErrors.anthropicError(404, "Not Found");
  return refused(given.format, setting, refusal);
}

/** Decides the whole response to one call of the API. */
export function prepareReply(
  given: IdentifiedCall,
  setting: CallSetting,
  behaviour: Behaviour,
  cache: PromptCache | null,
): PreparedReply {
  const { format, call, body } = given;
  const wrong = frontDoor(given);
  if (wrong !== null) return refused(format, setting, wrong);
  if (behaviour.redirectStatus !== undefined) {
    const location = `location: http://${call.headers.get("host") ?? "127.0.0.1"}/fake/redirect-target\r\n`;
    return plainReply(format, setting, behaviour.redirectStatus, "", "text/plain", location);
  }
  if (behaviour.htmlPage === true) return plainReply(format, setting, 502, htmlPage, "text/html");
  if (behaviour.errorStatus !== undefined) {
    const refusal = scenarioRefusal(format, behaviour.errorStatus, behaviour, given.model ?? "");
    return refused(format, setting, refusal);
  }
  if (call.method === "GET" && call.path.startsWith("/v1/models")) return modelsReply(given, setting);
  if (call.method !== "POST") return unknownPath(given, setting);
  if (body === null)
    return refused(format, setting, format === "openai" ? openaiErrors.badJson : anthropicErrors.badJson);
  switch (call.path) {
    case "/v1/chat/completions": {
      const reply = answerChat(body, setting, behaviour, cache);
      return "body" in reply ? refused(format, setting, reply) : reply;
    }
    case "/v1/messages": {
      const reply = answerMessages(body, setting, behaviour, cache);
      return "body" in reply ? refused(format, setting, reply) : reply;
    }
    case "/v1/messages/count_tokens": {
      const reply = answerCountTokens(body, setting);
      return typeof reply === "string" ? plainReply(format, setting, 200, reply) : refused(format, setting, reply);
    }
    default:
      return unknownPath(given, setting);
  }
}
