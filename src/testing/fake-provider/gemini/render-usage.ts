import type { Behaviour } from "../behaviour.ts";
import type { CountedTokens } from "../invoice.ts";
import type { Answer } from "../plan-answer.ts";
import type { CallSetting } from "../prepared-reply.ts";
import type { GeminiQuestion } from "./read-question.ts";

/** Everything that both forms of a reply need. */
export interface GeminiReply {
  readonly id: string;
  readonly question: GeminiQuestion;
  readonly answers: readonly Answer[];
  readonly prompt: CountedTokens;
  readonly setting: CallSetting;
  readonly behaviour: Behaviour;
}

type Count = Readonly<{ modality: "TEXT" | "IMAGE" | "AUDIO"; tokenCount: number }>;

/** Counts by modality, without those that are zero. */
export function byModality(total: number, imageTokens: number, audioTokens: number): readonly Count[] {
  const counts: readonly Count[] = [
    { modality: "TEXT", tokenCount: total - imageTokens - audioTokens },
    { modality: "IMAGE", tokenCount: imageTokens },
    { modality: "AUDIO", tokenCount: audioTokens },
  ];
  return counts.filter(({ tokenCount }) => tokenCount > 0);
}

/**
 * `usageMetadata`: reads are inside the prompt, thinking is beside the candidates. As everywhere in Google's JSON, what is
 * zero is left out.
 *
 * @param candidatesTokens so far: every chunk of a stream carries the count of its moment.
 */
export function usageMetadata(reply: GeminiReply, candidatesTokens: number): object {
  const { question, prompt, answers } = reply;
  const { promptTokens, imageTokens, audioTokens } = question;
  const thoughts = answers.reduce((sum, answer) => sum + answer.reasoningTokens, 0);
  const cached = prompt.cacheRead;
  return {
    promptTokenCount: promptTokens,
    ...(candidatesTokens === 0 ? {} : { candidatesTokenCount: candidatesTokens }),
    totalTokenCount: promptTokens + candidatesTokens + thoughts,
    ...(cached === 0 ? {} : { cachedContentTokenCount: cached }),
    promptTokensDetails: byModality(promptTokens, imageTokens, audioTokens),
    ...(cached === 0 ? {} : { cacheTokensDetails: byModality(cached, 0, 0) }),
    ...(thoughts === 0 ? {} : { thoughtsTokenCount: thoughts }),
  };
}
