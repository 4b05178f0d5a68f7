import { noTokens, type CountedTokens } from "../invoice.ts";
import type { FakeModel } from "../invoice-prices.ts";
import type { PromptCache, PromptMark } from "../prompt-cache.ts";

/** A prompt as OpenAI's cache sees it. */
interface CountedPrompt {
  readonly model: FakeModel;
  readonly promptTokens: number;
  readonly stepHashes: readonly string[];
  readonly messageEnds: readonly PromptMark[];
}

/** The prompt's tokens by class: models that charge for writes match at the ends of messages, older ones in steps. */
export function cachedPromptTokens(question: CountedPrompt, owner: string, cache: PromptCache | null): CountedTokens {
  const prefixOwner = `${owner} ${question.model.snapshot}`;
  if (cache === null) return { ...noTokens, input: question.promptTokens };
  return question.model.price?.cacheWrite30m === undefined
    ? cache.automatic(prefixOwner, question.promptTokens, question.stepHashes)
    : cache.implicit(prefixOwner, question.promptTokens, question.messageEnds);
}
