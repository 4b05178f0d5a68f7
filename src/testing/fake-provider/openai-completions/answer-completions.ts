import type { Behaviour } from "../behaviour.ts";
import { idText } from "../id-text.ts";
import { noTokens } from "../invoice.ts";
import { errorEvent } from "../openai/errors.ts";
import { inflateAnswer, planAnswer, type Answer } from "../plan-answer.ts";
import type { CallSetting, JsonBody, Piece, PreparedReply, Refusal } from "../prepared-reply.ts";
import * as serverErrors from "../self-hosted/errors.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { faceOf } from "../vendor-face.ts";
import { readCompletionsQuestion, type CompletionsQuestion } from "./read-question.ts";

/** One answer, and the prompt that it goes on from. */
interface Choice {
  readonly index: number;
  readonly prompt: string;
  readonly answer: Answer;
}

interface CompletionsReply {
  readonly id: string;
  readonly question: CompletionsQuestion;
  readonly choices: readonly Choice[];
  readonly setting: CallSetting;
  readonly behaviour: Behaviour;
}

function piecesOf({ prompt, answer }: Choice, echo: boolean): readonly string[] {
  const pieces = answer.blocks.flatMap((block) => block.pieces);
  return echo ? [prompt, ...pieces] : pieces;
}

function finishReason(answer: Answer): string {
  return answer.finish === "length" ? "length" : "stop";
}

function outputTokensOf(choices: readonly Choice[]): number {
  return choices.reduce((sum, { answer }) => sum + answer.outputTokens, 0);
}

function promptTokensOf(question: CompletionsQuestion): number {
  return question.prompts.reduce((sum, prompt) => sum + prompt.promptTokens, 0);
}

function usageJson({ question, choices, behaviour }: CompletionsReply): string {
  const prompt = promptTokensOf(question);
  const completion = outputTokensOf(choices);
  const json = JSON.stringify({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  });
  return behaviour.badUsage === undefined ? json : spoilUsage(json, behaviour.badUsage);
}

function headOf({ id, question, setting }: CompletionsReply): string {
  const created = Math.floor(setting.nowMs / 1_000);
  const head = { id, object: "text_completion", created, model: question.model.snapshot };
  return JSON.stringify(head).slice(0, -1);
}

/** `text_completion`, as platform.openai.com/docs/api-reference/completions/object shows it. */
function renderWhole(reply: CompletionsReply): string {
  const choices = reply.choices.map((choice) => ({
    text: piecesOf(choice, reply.question.echo).join(""),
    index: choice.index,
    logprobs: null,
    finish_reason: finishReason(choice.answer),
  }));
  const usage = reply.behaviour.noUsage === true ? "" : `,"usage":${usageJson(reply)}`;
  return `${headOf(reply)},"choices":${JSON.stringify(choices)}${usage}}`;
}

/** The chunks of a stream, the usage chunk where asked for, and `[DONE]`. Choices come one after the other. */
function renderStream(reply: CompletionsReply): readonly Piece[] {
  const { question, behaviour } = reply;
  const head = headOf(reply);
  const nullUsage = question.includeUsage ? ',"usage":null' : "";
  const pieces: Piece[] = [];
  let generated = 0;
  const push = (choices: object, usage: string, isContent: boolean, isUsage = false): void => {
    const text = `data: ${head},"choices":${JSON.stringify(choices)}${usage}}\n\n`;
    pieces.push({ text, generated, isContent, isUsage });
  };
  for (const choice of reply.choices) {
    for (const [at, text] of piecesOf(choice, question.echo).entries()) {
      const isPrompt = question.echo && at === 0;
      if (!isPrompt) generated += 1;
      push([{ text, index: choice.index, logprobs: null, finish_reason: null }], nullUsage, !isPrompt);
    }
    const finish_reason = finishReason(choice.answer);
    push([{ text: "", index: choice.index, logprobs: null, finish_reason }], nullUsage, false);
  }
  if (question.includeUsage && behaviour.noUsage !== true) push([], `,"usage":${usageJson(reply)}`, false, true);
  pieces.push({ text: "data: [DONE]\n\n", generated, isContent: false, isUsage: false });
  return pieces;
}

/** Answers the legacy `POST /v1/completions`. */
export function answerCompletions(body: JsonBody, setting: CallSetting, behaviour: Behaviour): PreparedReply | Refusal {
  const question = readCompletionsQuestion(body, setting);
  if ("body" in question) return question;
  const choices = question.prompts.flatMap((prompt, at) =>
    Array.from({ length: question.choices }, (_, choice) => ({
      index: at * question.choices + choice,
      prompt: prompt.prompt,
      answer: inflateAnswer(planAnswer(prompt, choice), behaviour.hugeMiB ?? 0),
    })),
  );
  const id = idText("cmpl-", 29, setting.seed, setting.number);
  const reply: CompletionsReply = { id, question, choices, setting, behaviour };
  const promptTokens = promptTokensOf(question);
  const outputTokens = outputTokensOf(choices);
  const { requestId, headers } = faceOf("openai", setting).headers(setting, promptTokens);
  const isUsage = behaviour.noUsage !== true;
  const whole = (): PreparedReply["pieces"] => [
    { text: renderWhole(reply), generated: outputTokens, isContent: true, isUsage },
  ];
  return {
    status: 200,
    headers,
    contentType: question.stream ? "text/event-stream; charset=utf-8" : "application/json",
    requestId,
    responseId: id,
    servedModel: question.model.snapshot,
    price: question.model.price,
    prompt: { ...noTokens, input: promptTokens },
    reasoningTokens: 0,
    outputTokens,
    stream: question.stream,
    pieces: question.stream ? renderStream(reply) : whole(),
    errorEvent: setting.ownModel === null ? errorEvent : serverErrors.errorEvent,
    seed: question.prompts[0]?.seed ?? 0,
  };
}
