import { Agent } from "@mastra/core/agent";
import { createTool } from "@mastra/core/tools";
import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { Feature } from "./features.ts";
import { labelSchema, longQuestion, shortQuestion, toolQuestion, weatherSchema } from "./questions.ts";
import type { ProviderName } from "./stack/providers.ts";
import { expectInOrder, expectLabel, refusalsOf } from "./what-clients-saw.ts";

const stack = useStack();
const client = "@mastra/core";
const endpoint = "/v1/chat/completions";
const weather = createTool({
  id: "weather",
  description: "Weather of a city",
  inputSchema: weatherSchema as never,
  execute: (input: unknown) => Promise.resolve(`Sunny in ${(input as { city: string }).city}, 20 degrees.`),
});

/** An agent whose model is the gateway, as an OpenAI-compatible provider by its address. */
function agentOf(model: string, tools = {}): Agent {
  return new Agent({
    id: "harbour",
    name: "Harbour",
    instructions: "You answer about harbours only.",
    maxRetries: 0,
    model: {
      providerId: "farthing",
      modelId: model,
      url: `${stack.current.origin}/v1`,
      apiKey: stack.current.localKey,
    },
    tools,
  });
}

interface Told {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}
const usageOf = ({ inputTokens, outputTokens }: Told): Shown["usage"] => ({ input: inputTokens, output: outputTokens });

for (const provider of ["openai", "anthropic", "google"] as const satisfies readonly ProviderName[]) {
  const own = (feature: Feature, run: (trial: Trial) => Promise<Shown>, expected: Expected = {}): void =>
    cell({ client, endpoint, feature, provider }, run, expected);

  describe(`mastra at ${provider}`, () => {
    own("text", async ({ model }) => {
      const reply = await agentOf(model).generate(shortQuestion);
      return { content: reply.text, usage: usageOf(reply.usage) };
    });

    own("streaming", async ({ model, row }) => {
      const stream = await agentOf(model).stream(longQuestion);
      let text = "";
      let pieces = 0;
      for await (const piece of stream.textStream) {
        text += piece;
        pieces += 1;
      }
      expect(pieces).toBeGreaterThan(3);
      // It does not ask for a stream's usage, so it shows none; the ledger has it all the same.
      expect((await row()).usage.tokens.output).toBeGreaterThan(10);
      return { content: text, usage: null };
    });

    own("multi-turn", async ({ model, lastSent }) => {
      const reply = await agentOf(model).generate([
        { role: "user", content: "Which harbour is the oldest?" },
        { role: "assistant", content: "The one at the old river mouth." },
        { role: "user", content: "And the newest one?" },
      ]);
      expectInOrder(lastSent(), ["oldest?", "river mouth.", "newest one?"]);
      expect(lastSent().body).toContain("You answer about harbours only.");
      return { content: reply.text, usage: usageOf(reply.usage) };
    });

    own("tool loop", async ({ model, lastSent, sent }) => {
      const reply = await agentOf(model, { weather }).generate(toolQuestion, { maxSteps: 3 });
      expect(sent()).toHaveLength(2);
      expect(lastSent().body).toMatch(/Sunny in .*20 degrees/);
      return { content: reply.text, usage: usageOf(reply.steps.at(-1)?.usage ?? {}) };
    });

    own("schema", async ({ model }) => {
      const structuredOutput = { schema: labelSchema as never };
      const reply = await agentOf(model).generate(shortQuestion, { structuredOutput });
      expectLabel((reply as { readonly object?: unknown }).object);
      return { content: (reply as { readonly object?: unknown }).object, usage: usageOf(reply.usage) };
    });

    for (const refusal of refusalsOf(provider).filter(({ status }) => status === 404 || status === 429)) {
      own(
        refusal.feature,
        async (trial) => {
          const call = agentOf(trial.at(refusal.scenario)).generate(shortQuestion);
          const error: unknown = await call.catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(Error);
          expect(trial.got().at(-1)?.status).toBe(refusal.status);
          return { content: String(error), usage: null };
        },
        { outcome: "error", status: refusal.status, usage: "unknown", endpointId: `${provider}-${refusal.scenario}` },
      );
    }
  });
}
