import { splitByWeight } from "../../kit/split-by-weight.ts";
import { type TokenClass, type Usage, unknownUsage } from "../../spec/usage.ts";

/**
 * Tokens of several calls, or parts of calls, of one model together; region and tier are the first one's. An estimate among them
 * makes an estimate of the whole, an unknown part an unknown whole. None: nothing was used.
 */
export function sumUsages(usages: readonly Usage[]): Usage {
  const [first] = usages;
  if (first === undefined) return { source: "provider", tokens: {} };
  const tokens: Partial<Record<TokenClass, number>> = {};
  let { source } = first;
  for (const usage of usages) {
    if (usage.source === "unknown") return unknownUsage;
    if (usage.source === "estimated") source = "estimated";
    for (const [name, count] of Object.entries(usage.tokens) as [TokenClass, number][])
      tokens[name] = (tokens[name] ?? 0) + count;
  }
  return { ...first, source, tokens };
}

/**
 * Divides what a call counted by weights; the parts sum to it exactly. `exact`: the weights are tokens themselves, so that a
 * provider's count stays one; else a part is an estimate, unless it is the whole.
 *
 * @param weights at least one, each at least 1.
 */
export function splitUsage(usage: Usage, weights: readonly number[], exact: boolean): readonly Usage[] {
  if (weights.length === 1) return [usage];
  const shares = Object.entries(usage.tokens).map(
    ([name, count]) => [name, splitByWeight(BigInt(count), weights.map(BigInt))] as const,
  );
  const counted =
    exact && usage.source === "provider" && usage.tokens.input === weights.reduce((sum, one) => sum + one, 0);
  return weights.map((_, index) => ({
    ...usage,
    source: counted ? "provider" : "estimated",
    tokens: Object.fromEntries(shares.map(([name, parts]) => [name, Number(parts[index] ?? 0n)])),
  }));
}
