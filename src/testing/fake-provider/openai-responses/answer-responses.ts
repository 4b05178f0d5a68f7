import { idText } from "../id-text.ts";
import { cachedPromptTokens } from "../openai/cached-prompt.ts";
import { inflateAnswer, planAnswer } from "../plan-answer.ts";
import { plainReply } from "../plain-reply.ts";
import type { CallSetting, JsonBody, PreparedReply, Refusal } from "../prepared-reply.ts";
import type { RouteCall } from "../route-call.ts";
import { faceOf } from "../vendor-face.ts";
import { readResponsesQuestion, type ResponsesQuestion } from "./read-question.ts";
import { outputItems } from "./render-items.ts";
import { finalStatusOf, renderResponse, type ResponsesReply } from "./render-response.ts";
import { renderFailure, renderStream } from "./render-stream.ts";
import type { BackgroundState, StoredResponse } from "./response-store.ts";

function preparedReply(reply: ResponsesReply, streams: boolean): PreparedReply {
  const { question, answer, setting, behaviour } = reply;
  const { requestId, headers } = faceOf("openai", setting).headers(setting, question.promptTokens);
  const isUsage = behaviour.noUsage !== true;
  const whole = (): PreparedReply["pieces"] => [
    {
      text: renderResponse(reply, finalStatusOf(reply)),
      generated: answer.reasoningTokens + answer.outputTokens,
      isContent: true,
      isUsage,
    },
  ];
  return {
    status: 200,
    headers,
    contentType: streams ? "text/event-stream; charset=utf-8" : "application/json",
    requestId,
    responseId: reply.id,
    servedModel: question.model.snapshot,
    price: question.model.price,
    prompt: reply.prompt,
    reasoningTokens: answer.reasoningTokens,
    outputTokens: answer.outputTokens,
    stream: streams,
    pieces: streams ? renderStream(reply) : whole(),
    errorEvent: (eventsSent) => renderFailure(reply, eventsSent),
    seed: question.seed,
  };
}

/** Items as `GET .../input_items` shows them: with ids, and texts as parts. */
function withIds(given: readonly JsonBody[], setting: CallSetting): readonly JsonBody[] {
  return given.map((item, index) => {
    const isMessage = (item["type"] ?? "message") === "message";
    const start = isMessage ? "msg_" : item["type"] === "reasoning" ? "rs_" : "fc_";
    const id = item["id"] ?? idText(start, 48, setting.seed + 1_000 + index, setting.number, true);
    if (!isMessage || typeof item["content"] !== "string") return { status: "completed", ...item, id };
    const type = item["role"] === "assistant" ? "output_text" : "input_text";
    return { ...item, id, type: "message", status: "completed", content: [{ type, text: item["content"] }] };
  });
}

function storedResponse(reply: ResponsesReply, waiting: PreparedReply | null): StoredResponse {
  const { question, answer, setting } = reply;
  const inputItems = withIds(question.given, setting);
  const before = question.items.slice(0, question.items.length - question.given.length);
  const output = outputItems(reply) as readonly JsonBody[];
  return {
    render: (state: BackgroundState) => renderResponse(reply, state === "done" ? finalStatusOf(reply) : state),
    whole: waiting,
    tokens: question.promptTokens + answer.outputTokens,
    inputItems,
    history: [...before, ...inputItems, ...output],
    background: waiting === null ? null : "queued",
  };
}

function replyTo(question: ResponsesQuestion, { setting, behaviour, memory }: RouteCall): ResponsesReply {
  const answer = inflateAnswer(planAnswer(question, 0), behaviour.hugeMiB ?? 0);
  const prompt = cachedPromptTokens(question, setting.owner, memory.cache);
  const id = idText("resp_", 48, setting.seed, setting.number, true);
  return { id, question, answer, prompt, setting, behaviour };
}

/** Answers `POST /v1/responses`. A background response is answered with its ticket, and billed when it is fetched. */
export function answerResponses(call: RouteCall, body: JsonBody): PreparedReply | Refusal {
  const { setting, memory } = call;
  const question = readResponsesQuestion(body, setting, memory.responses);
  if ("status" in question) return question;
  const reply = replyTo(question, call);
  const waits = question.background && !question.stream;
  const whole = preparedReply(reply, question.stream && !waits);
  if (question.store || waits) {
    memory.responses.keep(setting.owner, reply.id, storedResponse(reply, waits ? whole : null));
  }
  if (!waits) return whole;
  const ticket = plainReply(faceOf("openai", setting), setting, 200, renderResponse(reply, "queued"));
  return { ...ticket, responseId: reply.id };
}

/** Answers `POST /v1/responses/input_tokens`: a count, which costs nothing. */
export function answerInputTokens({ setting, memory }: RouteCall, body: JsonBody): string | Refusal {
  const question = readResponsesQuestion(body, setting, memory.responses, true);
  if ("status" in question) return question;
  return JSON.stringify({ object: "response.input_tokens", input_tokens: question.promptTokens });
}
