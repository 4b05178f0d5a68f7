import { answerCountTokens, answerMessages } from "./anthropic/answer-messages.ts";
import { answerCountTokens as countGeminiTokens, answerGenerate } from "./gemini/answer-generate.ts";
import { geminiModelEntry, geminiModelList } from "./gemini/model-list.ts";
import type { WireFormat } from "./identify-call.ts";
import { anthropicModelList, modelEntry, openaiModelList } from "./model-list.ts";
import type { MultipartForm } from "./multipart.ts";
import { answerChat } from "./openai/answer-chat.ts";
import { answerCompletions } from "./openai-completions/answer-completions.ts";
import { answerEmbeddings } from "./openai-embeddings/answer-embeddings.ts";
import { answerImages } from "./openai-media/answer-images.ts";
import { answerModerations } from "./openai-media/answer-moderations.ts";
import { answerSpeech } from "./openai-media/answer-speech.ts";
import { answerTranscriptions } from "./openai-media/answer-transcriptions.ts";
import { answerInputTokens, answerResponses } from "./openai-responses/answer-responses.ts";
import { cancelResponse, deleteResponse, listInputItems, readResponse } from "./openai-responses/stored-responses.ts";
import type { JsonBody } from "./prepared-reply.ts";
import type { RouteAnswer, RouteCall } from "./route-call.ts";
import { ownModelList } from "./self-hosted/model-list.ts";
import { faceOf } from "./vendor-face.ts";

/** An endpoint: a method, a pattern of paths, and what it does with a body of its kind. */
type Route =
  | {
      readonly method: string;
      readonly path: RegExp;
      readonly body: "json";
      answer(call: RouteCall, body: JsonBody): RouteAnswer;
    }
  | {
      readonly method: string;
      readonly path: RegExp;
      readonly body: "form";
      answer(call: RouteCall, form: MultipartForm): RouteAnswer;
    }
  | { readonly method: string; readonly path: RegExp; readonly body: "none"; answer(call: RouteCall): RouteAnswer };

function post(path: RegExp, answer: (call: RouteCall, body: JsonBody) => RouteAnswer): Route {
  return { method: "POST", path, body: "json", answer };
}

function plain(method: string, path: RegExp, answer: (call: RouteCall) => RouteAnswer): Route {
  return { method, path, body: "none", answer };
}

function upload(path: RegExp, answer: (call: RouteCall, form: MultipartForm) => RouteAnswer): Route {
  return { method: "POST", path, body: "form", answer };
}

/** `GET /v1/models` and `/v1/models/{id}`, in the shape of who asks. */
function answerModels({ given, setting, match }: RouteCall): RouteAnswer {
  const id = decodeURIComponent(match[1] ?? "");
  if (setting.ownModel !== null) return ownModelList(setting.ownModel, setting.nowMs);
  const isAnthropic = given.format === "anthropic";
  if (id === "") return isAnthropic ? anthropicModelList() : openaiModelList();
  return modelEntry(id, isAnthropic) ?? faceOf(given.format, setting).unknownModel(id);
}

const modelsRoute = plain("GET", /^\/v1\/models(?:\/(.*))?$/, answerModels);

const openaiRoutes: readonly Route[] = [
  modelsRoute,
  post(/^\/v1\/chat\/completions$/, ({ setting, behaviour, memory }, body) =>
    answerChat(body, setting, behaviour, memory.cache),
  ),
  post(/^\/v1\/responses$/, answerResponses),
  post(/^\/v1\/responses\/input_tokens$/, answerInputTokens),
  plain("GET", /^\/v1\/responses\/([^/]+)$/, readResponse),
  plain("DELETE", /^\/v1\/responses\/([^/]+)$/, deleteResponse),
  plain("POST", /^\/v1\/responses\/([^/]+)\/cancel$/, cancelResponse),
  plain("GET", /^\/v1\/responses\/([^/]+)\/input_items$/, listInputItems),
  post(/^\/v1\/completions$/, ({ setting, behaviour }, body) => answerCompletions(body, setting, behaviour)),
  post(/^\/v1\/embeddings$/, ({ setting, behaviour }, body) => answerEmbeddings(body, setting, behaviour)),
  post(/^\/v1\/moderations$/, ({ setting }, body) => answerModerations(body, setting)),
  post(/^\/v1\/images\/generations$/, ({ setting, behaviour }, body) => answerImages(body, setting, behaviour)),
  post(/^\/v1\/audio\/speech$/, ({ setting, behaviour }, body) => answerSpeech(body, setting, behaviour)),
  upload(/^\/v1\/audio\/transcriptions$/, ({ setting, behaviour }, form) =>
    answerTranscriptions(form, setting, behaviour),
  ),
  upload(/^\/v1\/files$/, ({ setting, memory }, form) => memory.files.upload(form, setting)),
  plain("GET", /^\/v1\/files$/, ({ setting, memory }) => memory.files.list(setting.owner)),
  plain("GET", /^\/v1\/files\/([^/]+)$/, ({ setting, memory, match }) =>
    memory.files.read(setting.owner, match[1] ?? ""),
  ),
  plain("DELETE", /^\/v1\/files\/([^/]+)$/, ({ setting, memory, match }) =>
    memory.files.remove(setting.owner, match[1] ?? ""),
  ),
];

const anthropicRoutes: readonly Route[] = [
  modelsRoute,
  post(/^\/v1\/messages$/, ({ setting, behaviour, memory }, body) =>
    answerMessages(body, setting, behaviour, memory.cache),
  ),
  post(/^\/v1\/messages\/count_tokens$/, ({ setting }, body) => answerCountTokens(body, setting)),
];

const geminiRoutes: readonly Route[] = [
  plain("GET", /^\/v1(?:beta)?\/models$/, ({ given }) => geminiModelList(given.call.query)),
  plain("GET", /^\/v1(?:beta)?\/models\/([^/:]+)$/, ({ match }) => geminiModelEntry(match[1] ?? "")),
  post(/^\/v1(?:beta)?\/models\/([^/:]+):generateContent$/, ({ setting, behaviour, memory, match }, body) =>
    answerGenerate(match[1] ?? "", "whole", body, setting, behaviour, memory.cache),
  ),
  post(
    /^\/v1(?:beta)?\/models\/([^/:]+):streamGenerateContent$/,
    ({ given, setting, behaviour, memory, match }, body) => {
      const form = new URLSearchParams(given.call.query).get("alt") === "sse" ? "sse" : "array";
      return answerGenerate(match[1] ?? "", form, body, setting, behaviour, memory.cache);
    },
  ),
  post(/^\/v1(?:beta)?\/models\/([^/:]+):countTokens$/, ({ setting, match }, body) =>
    countGeminiTokens(match[1] ?? "", body, setting),
  ),
];

const routes: Readonly<Record<WireFormat, readonly Route[]>> = {
  openai: openaiRoutes,
  anthropic: anthropicRoutes,
  gemini: geminiRoutes,
};

/** What the endpoint that a call's path names answers to it; the vendor's refusal where there is none, or the body is not its kind. */
export function answerRoute(call: Omit<RouteCall, "match">): RouteAnswer {
  const { given, setting } = call;
  const face = faceOf(given.format, setting);
  for (const route of routes[given.format]) {
    const match = route.method === given.call.method ? route.path.exec(given.call.path) : null;
    if (match === null) continue;
    if (route.body === "none") return route.answer({ ...call, match });
    if (route.body === "json") return given.body === null ? face.badJson : route.answer({ ...call, match }, given.body);
    return given.form === null ? face.badJson : route.answer({ ...call, match }, given.form);
  }
  return face.unknownPath(given.call.method, given.call.path);
}
