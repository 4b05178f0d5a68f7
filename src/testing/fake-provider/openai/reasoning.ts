/** Models that think before they answer: o-series, GPT-5 and later, but not their chat variants. */
export function reasons(model: string): boolean {
  return /^(o\d|gpt-[5-9])/.test(model) && !model.includes("chat");
}

const efforts: Readonly<Record<string, number>> = { none: 0, minimal: 0, low: 1, medium: 2, high: 3, xhigh: 4 };

/**
 * How much a model thinks at an effort (`reasoning_effort`, `reasoning.effort`), in the measure of the answer's plan.
 *
 * @param always also models that are not known to think do, because their caller asks and the scenario says so.
 */
export function reasoningWeightOf(model: string, effort: unknown, always = false): number {
  if (!reasons(model) && !always) return 0;
  // GPT-5.1 and 5.2 do not reason unless asked to.
  const usual = /^gpt-5\.[12]/.test(model) ? "none" : "medium";
  return efforts[String(effort ?? usual)] ?? 2;
}
