import type { Behaviour } from "../behaviour.ts";
import { idText } from "../id-text.ts";
import { noTokens } from "../invoice.ts";
import { inflateAnswer, planAnswer } from "../plan-answer.ts";
import type { CallSetting, JsonBody, PreparedReply, Refusal } from "../prepared-reply.ts";
import type { PromptCache } from "../prompt-cache.ts";
import { errorEvent } from "./errors.ts";
import { anthropicHeaders } from "./headers.ts";
import { readMessagesQuestion } from "./read-question.ts";
import { renderStream, renderWhole, type MessagesReply } from "./render.ts";

/** Shortest prefix that is cached, by model (docs.claude.com, "Prompt caching", cache limitations); 1,024 for the others. */
const prefixMinimums: readonly (readonly [RegExp, number])[] = [
  [/^claude-(opus-5|fable-5)/, 512],
  [/^claude-opus-4-[56]|^claude-haiku-[45]/, 4_096],
  [/^claude-opus-4-7|haiku/, 2_048],
];

function prefixMinimum(model: string): number {
  return prefixMinimums.find(([pattern]) => pattern.test(model))?.[1] ?? 1_024;
}

/** Answers `POST /v1/messages`. */
export function answerMessages(
  body: JsonBody,
  setting: CallSetting,
  behaviour: Behaviour,
  cache: PromptCache | null,
): PreparedReply | Refusal {
  const question = readMessagesQuestion(body, setting);
  if ("body" in question) return question;
  const { snapshot, price } = question.model;
  const answer = inflateAnswer(planAnswer(question, 0), behaviour.hugeMiB ?? 0);
  const prompt =
    cache === null
      ? { ...noTokens, input: question.promptTokens }
      : cache.marked(`${setting.owner} ${snapshot}`, question.promptTokens, question.marks, prefixMinimum(snapshot));
  const id = idText("msg_01", 22, setting.seed, setting.number);
  const reply: MessagesReply = { id, question, answer, prompt, setting, behaviour };
  const { requestId, headers } = anthropicHeaders(setting, question.promptTokens);
  const generated = answer.reasoningTokens + answer.outputTokens;
  const whole = (): PreparedReply["pieces"] => [
    { text: renderWhole(reply), generated, isContent: true, isUsage: behaviour.noUsage !== true },
  ];
  return {
    status: 200,
    headers,
    contentType: question.stream ? "text/event-stream; charset=utf-8" : "application/json",
    requestId,
    responseId: id,
    servedModel: snapshot,
    price,
    prompt,
    reasoningTokens: answer.reasoningTokens,
    outputTokens: answer.outputTokens,
    stream: question.stream,
    pieces: question.stream ? renderStream(reply) : whole(),
    errorEvent,
    seed: question.seed,
  };
}

/** Answers `POST /v1/messages/count_tokens`: the JSON text, or the refusal. Costs nothing. */
export function answerCountTokens(body: JsonBody, setting: CallSetting): string | Refusal {
  const question = readMessagesQuestion(body, setting, true);
  return "body" in question ? question : JSON.stringify({ input_tokens: question.promptTokens });
}
