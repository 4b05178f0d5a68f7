import type { UsageEstimator } from "../../spec/estimator.ts";
import { inputTokenClasses, type Usage } from "../../spec/usage.ts";

/** What everyone assumes of English text before anything is known. */
const priorBytesPerToken = 4;
/** Weight of the assumption, in tokens: one ordinary call outweighs it. */
const priorTokens = 50;
/** What is kept of the past at each call: the last twenty or so calls decide. */
const decay = 0.95;
/** Calls of a model that all teach, and the share of the later ones that do: measuring a prompt costs a walk over it. */
const firstCalls = 64;
const sampleEvery = 16;
/** Models remembered; later ones use the ratio of all models together. */
const modelsMax = 512;
/** Ratios outside say that something else was counted (images, hidden reasoning, a broken report), so they are not learnt. */
const bytesPerTokenMin = 0.05;
const bytesPerTokenMax = 64;

/** Decayed sums of one direction: their quotient weighs calls by their size, so one long call is not one short call. */
interface Ratio {
  bytes: number;
  tokens: number;
}

/** What was learnt of one model. */
interface Learnt {
  calls: number;
  readonly input: Ratio;
  readonly output: Ratio;
}

/**
 * An estimator that learns bytes per token of each model from the calls whose provider counted. Output ratios include
 * the reasoning that a model bills and does not show, so a cut stream of such a model is estimated above its text.
 */
export function createUsageEstimator(): UsageEstimator {
  const models = new Map<string, Learnt>();
  const all = newLearnt();
  const learntOf = (model: string): Learnt => models.get(model) ?? all;
  return {
    isDue(model: string): boolean {
      const learnt = learntOf(model);
      learnt.calls += 1;
      return learnt.calls <= firstCalls || learnt.calls % sampleEvery === 0;
    },
    learn(model: string, promptBytes: number, generatedBytes: number, usage: Usage): void {
      if (usage.source !== "provider") return;
      let inputTokens = 0;
      for (const tokenClass of inputTokenClasses) inputTokens += usage.tokens[tokenClass] ?? 0;
      const outputTokens = (usage.tokens.output ?? 0) + (usage.tokens.reasoning ?? 0);
      let learnt = models.get(model);
      if (learnt === undefined && models.size < modelsMax) {
        learnt = newLearnt();
        models.set(model, learnt);
      }
      for (const target of learnt === undefined ? [all] : [all, learnt]) {
        learnRatio(target.input, promptBytes, inputTokens);
        learnRatio(target.output, generatedBytes, outputTokens);
      }
    },
    estimate(model: string, promptBytes: number, generatedBytes: number): Usage {
      const learnt = learntOf(model);
      const input = Math.max(1, tokensOf(learnt.input, promptBytes));
      const output = tokensOf(learnt.output, generatedBytes);
      return { source: "estimated", tokens: output === 0 ? { input } : { input, output } };
    },
  };
}

function newLearnt(): Learnt {
  return { calls: 0, input: priorRatio(), output: priorRatio() };
}

function priorRatio(): Ratio {
  return { bytes: priorBytesPerToken * priorTokens, tokens: priorTokens };
}

function learnRatio(ratio: Ratio, bytes: number, tokens: number): void {
  // Written so that NaN fails too.
  if (!(bytes >= tokens * bytesPerTokenMin && bytes <= tokens * bytesPerTokenMax && bytes > 0)) return;
  ratio.bytes = ratio.bytes * decay + bytes;
  ratio.tokens = ratio.tokens * decay + tokens;
}

/** Whole tokens, rounded up: a bill is never for half a token. */
function tokensOf(ratio: Ratio, bytes: number): number {
  return bytes > 0 ? Math.ceil((bytes * ratio.tokens) / ratio.bytes) : 0;
}
