import type { Behaviour } from "../behaviour.ts";
import { idText } from "../id-text.ts";
import { inflateAnswer, planAnswer } from "../plan-answer.ts";
import type { CallSetting, JsonBody, PreparedReply, Refusal } from "../prepared-reply.ts";
import type { PromptCache } from "../prompt-cache.ts";
import { faceOf } from "../vendor-face.ts";
import * as serverErrors from "../self-hosted/errors.ts";
import { cachedPromptTokens } from "./cached-prompt.ts";
import { errorEvent } from "./errors.ts";
import { readChatQuestion } from "./read-question.ts";
import { renderStream, renderWhole, type ChatReply } from "./render.ts";

/** Answers `POST /v1/chat/completions`. */
export function answerChat(
  body: JsonBody,
  setting: CallSetting,
  behaviour: Behaviour,
  cache: PromptCache | null,
): PreparedReply | Refusal {
  const question = readChatQuestion(body, setting, behaviour);
  if ("body" in question) return question;
  const answers = Array.from({ length: question.choices }, (_, choice) =>
    inflateAnswer(planAnswer(question, choice), behaviour.hugeMiB ?? 0),
  );
  const prompt = cachedPromptTokens(question, setting.owner, cache);
  const id = idText("chatcmpl-", 29, setting.seed, setting.number);
  const reply: ChatReply = { id, question, answers, prompt, setting, behaviour };
  const reasoningTokens = answers.reduce((sum, answer) => sum + answer.reasoningTokens, 0);
  const outputTokens = answers.reduce((sum, answer) => sum + answer.outputTokens, 0);
  const { requestId, headers } = faceOf("openai", setting).headers(setting, question.promptTokens);
  const whole = (): PreparedReply["pieces"] => [
    {
      text: renderWhole(reply),
      generated: reasoningTokens + outputTokens,
      isContent: true,
      isUsage: behaviour.noUsage !== true,
    },
  ];
  return {
    status: 200,
    headers,
    contentType: question.stream ? "text/event-stream; charset=utf-8" : "application/json",
    requestId,
    responseId: id,
    servedModel: question.model.snapshot,
    price: question.model.price,
    prompt,
    reasoningTokens,
    outputTokens,
    stream: question.stream,
    pieces: question.stream ? renderStream(reply) : whole(),
    errorEvent: setting.ownModel === null ? errorEvent : serverErrors.errorEvent,
    seed: question.seed,
  };
}
