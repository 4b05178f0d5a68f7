import { expect } from "vitest";
import type { Shown, Trial } from "./cell.ts";
import type { Feature } from "./features.ts";
import type { ProviderName, ScenarioName } from "./stack/providers.ts";
import { numberAt, objectAt } from "./stack/read-json.ts";
import type { Exchange } from "./stack/relay.ts";

/** A way for a provider to refuse, and the status that its clients see. */
export interface Refusal {
  readonly feature: Feature;
  readonly scenario: ScenarioName;
  readonly status: number;
}

/** Refusals as a provider makes them. Google answers a wrong key with 400 and an overload with 503. */
export function refusalsOf(provider: ProviderName): readonly Refusal[] {
  const google = provider === "google";
  return [
    { feature: "error 400", scenario: "400", status: 400 },
    { feature: "error 401", scenario: "401", status: google ? 400 : 401 },
    { feature: "error 404", scenario: "404", status: 404 },
    { feature: "error 429", scenario: "429", status: 429 },
    { feature: "error 529", scenario: "529", status: google ? 503 : 529 },
  ];
}

/** After a rate limit: the client can read when to come back. Google tells it in its message, the others in a header. */
export function expectWait(trial: Trial, refusal: Refusal, message: string): void {
  if (refusal.status !== 429) return;
  if (trial.provider === "google") expect(message).toMatch(/retry in 7s/i);
  else expect(trial.got().at(-1)?.headers.get("retry-after")).toBe("7");
}

/** What went up holds these texts, one after the other. */
export function expectInOrder({ body }: Exchange, texts: readonly string[]): void {
  const places = texts.map((text) => body.indexOf(text));
  expect(Math.min(...places), `one of ${texts.join(", ")} is missing`).toBeGreaterThanOrEqual(0);
  expect(places).toEqual(places.toSorted((left, right) => left - right));
}

/** Arguments of the weather tool as its schema wants them. */
export function expectWeather(given: unknown): void {
  expect(given).toMatchObject({ city: expect.any(String), unit: expect.stringMatching(/^(celsius|fahrenheit)$/) });
}

/** A structured answer as its schema wants it. */
export function expectLabel(given: unknown): void {
  expect(given).toEqual({ label: expect.any(String), urgent: expect.any(Boolean) });
}

/** Tokens of a reply as its vendor wrote it, under either vendor's names. */
export function usageIn(reply: unknown): Shown["usage"] {
  const usage = objectAt(reply, "usage");
  const [input, output] =
    "prompt_tokens" in usage ? ["prompt_tokens", "completion_tokens"] : ["input_tokens", "output_tokens"];
  return { input: numberAt(usage, input), output: numberAt(usage, output) };
}

/** Waits until something was written down, at most two seconds. */
export async function eventually(look: () => boolean): Promise<void> {
  await expect.poll(look, { timeout: 2_000 }).toBe(true);
}
