import type { Behaviour } from "../behaviour.ts";
import { noTokens, type CountedTokens } from "../invoice.ts";
import { inflateAnswer, planAnswer } from "../plan-answer.ts";
import { isJsonObject, type CallSetting, type JsonBody, type PreparedReply, type Refusal } from "../prepared-reply.ts";
import type { PromptCache } from "../prompt-cache.ts";
import { chunkError } from "./errors.ts";
import { field } from "./google-fields.ts";
import { geminiHeaders, responseIdOf } from "./headers.ts";
import { readGeminiQuestion, type GeminiQuestion } from "./read-question.ts";
import { byModality, type GeminiReply } from "./render-usage.ts";
import { arrayFraming, eventFraming, renderStream, renderWhole } from "./render.ts";

/** How an answer is to come. */
export type GeminiForm = "whole" | "sse" | "array";

/** The prompt's tokens by class; sound that was not cached is a class of its own, where it has a price of its own. */
function promptTokensOf(question: GeminiQuestion, owner: string, cache: PromptCache | null): CountedTokens {
  const { model, traits, promptTokens, audioTokens } = question;
  const counted =
    cache === null || traits.cacheTokensMin === null
      ? { ...noTokens, input: promptTokens }
      : cache.prefixed(`${owner} ${model.snapshot}`, promptTokens, question.stepHashes, traits.cacheTokensMin);
  const inputAudio = model.price?.inputAudio === undefined ? 0 : Math.min(audioTokens, counted.input);
  return inputAudio === 0 ? counted : { ...counted, input: counted.input - inputAudio, inputAudio };
}

const contentTypes: Readonly<Record<GeminiForm, string>> = {
  whole: "application/json; charset=UTF-8",
  array: "application/json; charset=UTF-8",
  sse: "text/event-stream",
};

/** Answers `:generateContent` and `:streamGenerateContent`. */
export function answerGenerate(
  model: string,
  form: GeminiForm,
  body: JsonBody,
  setting: CallSetting,
  behaviour: Behaviour,
  cache: PromptCache | null,
): PreparedReply | Refusal {
  const question = readGeminiQuestion(model, body, setting);
  if ("body" in question) return question;
  const answers = Array.from({ length: question.choices }, (_, choice) =>
    inflateAnswer(planAnswer(question, choice), behaviour.hugeMiB ?? 0),
  );
  const prompt = promptTokensOf(question, setting.owner, cache);
  const reply: GeminiReply = { id: responseIdOf(setting), question, answers, prompt, setting, behaviour };
  const reasoningTokens = answers.reduce((sum, answer) => sum + answer.reasoningTokens, 0);
  const outputTokens = answers.reduce((sum, answer) => sum + answer.outputTokens, 0);
  const framing = form === "array" ? arrayFraming : eventFraming;
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
    ...geminiHeaders(setting),
    contentType: contentTypes[form],
    responseId: reply.id,
    servedModel: question.model.snapshot,
    price: question.model.price,
    prompt,
    reasoningTokens,
    outputTokens,
    stream: form !== "whole",
    pieces: form === "whole" ? whole() : renderStream(reply, framing),
    errorEvent: (eventsSent) => framing.frame(chunkError, eventsSent) + framing.end,
    seed: question.seed,
  };
}

/** Answers `:countTokens`, of contents alone or of a whole request. Costs nothing. */
export function answerCountTokens(model: string, body: JsonBody, setting: CallSetting): string | Refusal {
  const nested = field(body, "generateContentRequest");
  const request = isJsonObject(nested) ? nested : { contents: body["contents"] };
  const question = readGeminiQuestion(model, request, setting);
  if ("body" in question) return question;
  const { promptTokens, imageTokens, audioTokens } = question;
  const promptTokensDetails = byModality(promptTokens, imageTokens, audioTokens);
  return `${JSON.stringify({ totalTokens: promptTokens, promptTokensDetails }, null, 2)}\n`;
}
