import type { OutputSizes } from "../policies/output-sizes.ts";
import type { Attempt } from "../spec/attempt.ts";
import type { Budget, Spend } from "../spec/budget.ts";
import type { Context } from "../spec/context.ts";
import type { Target } from "../spec/target.ts";
import type { PicoUsd } from "../spec/money.ts";
import { promptBytesOf } from "./prompt-bytes.ts";

/**
 * The estimate of a prompt is reserved half as large again, plus what vendors put around it: role marks, and with tools a
 * prompt of their own (Anthropic counts 313 to 804 tokens for it:
 * https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview, read 2026-11-21).
 */
const inputMargin = 1.5;
const inputTokensAround = 64;
const toolTokensAround = 1_024;
/** A caller's limit up to here is reserved in full; larger ones are rarely meant, so what was seen of the model stands in. */
const hugeOutputTokens = 4_096;
const outputTokensUnseen = 4_096;

/** What one call may use at most; `picoUsd` is null where a target has no price. */
export interface SpendBound {
  readonly picoUsd: PicoUsd | null;
  readonly tokens: bigint;
}

/** The most that one call of `context` can use, at the dearest of its targets. */
export function spendBoundOf(context: Context, budgets: readonly Budget[], outputs: OutputSizes): SpendBound {
  const { request } = context;
  if (request.resource !== undefined && !request.resource.billed) return { picoUsd: 0n, tokens: 0n };
  let picoUsd: PicoUsd | null = 0n;
  let tokens = 0;
  for (const target of context.targets) {
    const input = inputBoundOf(context, target);
    const output = outputBoundOf(context, target.model, budgets, outputs) * request.choices;
    tokens = Math.max(tokens, input + output);
    const worst = context.ports.prices.worstCase(
      target.endpoint.vendor,
      target.model,
      input,
      output,
      context.arrivedAtMs,
    );
    if (worst === null) picoUsd = null;
    else if (picoUsd !== null && worst > picoUsd) picoUsd = worst;
  }
  return { picoUsd, tokens: BigInt(tokens) };
}

function inputBoundOf({ request, ports }: Context, { model }: Target): number {
  // Of a resource call only the size is known. No token is shorter than a byte.
  if (request.resource !== undefined) return request.bodyBytes;
  const estimated = ports.estimator.estimate(model, promptBytesOf(request, ports.dialects), 0).tokens.input ?? 0;
  return Math.ceil(estimated * inputMargin) + inputTokensAround + (request.hasTools ? toolTokensAround : 0);
}

function outputBoundOf({ request }: Context, model: string, budgets: readonly Budget[], outputs: OutputSizes): number {
  if (request.dialect === "openai-embeddings") return 0;
  const limit = request.outputTokensMax;
  if (limit !== null && limit <= hugeOutputTokens) return limit;
  let bound = 0;
  for (const { outputQuantile, outputTokensDefault = outputTokensUnseen } of budgets) {
    // A quantile of 1 is a promise: whatever limit the caller set is reserved in full.
    const seen = outputQuantile >= 1 ? limit : outputs.quantile(model, outputQuantile);
    bound = Math.max(bound, seen ?? outputTokensDefault);
  }
  return limit === null ? bound : Math.min(limit, bound);
}

/**
 * What calls used that were made under a reservation of `reserved` each. A call whose cost nobody knows used all of it; null:
 * nothing was bought, since no call left or every one was refused.
 */
export function spentOf(attempts: readonly Attempt[], reserved: Spend): Spend | null {
  let picoUsd = 0n;
  let tokens = 0n;
  let isBought = false;
  for (const { cost, usage, outcome } of attempts) {
    if (cost.state === "free" && (outcome === "refused" || outcome === "failed-before-send")) continue;
    isBought = true;
    picoUsd += cost.picoUsd ?? reserved.picoUsd;
    if (usage.source === "unknown" && cost.picoUsd === null) tokens += reserved.tokens;
    else for (const count of Object.values(usage.tokens)) tokens += BigInt(count ?? 0);
  }
  return isBought ? { picoUsd, tokens } : null;
}
