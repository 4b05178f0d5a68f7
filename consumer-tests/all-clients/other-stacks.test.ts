import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect } from "vitest";
import { cell, type Shown, useStack } from "./cell.ts";
import { longQuestion, shortQuestion } from "./questions.ts";

/*
 * A gateway of one provider only, and with the routes that it has when its file names none: what a person meets who has a
 * key for one vendor and a client of another.
 */

const stack = useStack({ only: ["openai"], routes: "[]", defaults: { "anthropic-messages": "openai" } });
const connectOpenai = (): OpenAI =>
  new OpenAI({ apiKey: stack.current.localKey, baseURL: `${stack.current.origin}/v1`, maxRetries: 0 });
const connectAnthropic = (): Anthropic =>
  new Anthropic({ apiKey: stack.current.localKey, baseURL: stack.current.origin, maxRetries: 0 });
const usageOf = ({ usage }: OpenAI.ChatCompletion): Shown["usage"] => ({
  input: usage?.prompt_tokens,
  output: usage?.completion_tokens,
});

describe("one provider", () => {
  const anthropic = "@anthropic-ai/sdk";

  cell(
    { client: anthropic, endpoint: "/v1/messages/count_tokens", feature: "token count", provider: "openai" },
    async ({ got, sent }) => {
      const messages = [{ role: "user" as const, content: longQuestion }];
      const count = await connectAnthropic().messages.countTokens({ model: "gpt-4o-mini", messages });
      expect(count.input_tokens).toBeGreaterThan(5);
      expect(got().at(-1)?.headers.get("x-farthing-estimated")).toBe("true");
      expect(sent()).toEqual([]);
      return { content: `${count.input_tokens} tokens`, usage: null };
    },
    { noRow: true },
  );

  // No `provider/` before the model: the operator said who answers this dialect.
  cell(
    { client: anthropic, endpoint: "/v1/messages", feature: "default provider", provider: "openai" },
    async () => {
      const messages = [{ role: "user" as const, content: shortQuestion }];
      const reply = await connectAnthropic().messages.create({ model: "gpt-4o-mini", max_tokens: 500, messages });
      const { input_tokens: input, output_tokens: output } = reply.usage;
      return { content: reply.content, usage: { input, output } };
    },
    { model: "gpt-4o-mini" },
  );

  cell(
    { client: "openai", endpoint: "/v1/chat/completions", feature: "retried", provider: "openai" },
    async (trial) => {
      const messages = [{ role: "user" as const, content: shortQuestion }];
      const reply = await connectOpenai().chat.completions.create({ model: trial.at("once"), messages });
      const outcomes = (await trial.row()).attempts.map(({ status }) => status);
      expect(outcomes).toEqual([429, 200]);
      return { content: reply.choices[0]?.message.content, usage: usageOf(reply) };
    },
    { endpointId: "openai-once" },
  );
});
