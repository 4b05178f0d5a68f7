import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { Feature } from "./features.ts";
import { longQuestion, toolQuestion, weatherSchema } from "./questions.ts";
import { type ProviderName, providers } from "./stack/providers.ts";
import { readEvents, type SseEvent } from "./stack/read-events.ts";
import { at, listAt, numberAt, objectAt, textAt } from "./stack/read-json.ts";
import { expectWeather } from "./what-clients-saw.ts";

/*
 * What Codex sends and insists on, spoken by hand. Source: openai/codex, codex-rs/codex-api/src/sse/responses.rs and
 * codex-rs/model-provider-info/src/lib.rs, read 2026-11-21.
 */

const stack = useStack();
const client = "Codex (scripted)";
const endpoint = "/v1/responses";
const conversation = "0199a213-81c0-7800-8aa1-bbab2a035a53";

const message = (role: string, text: string): object => ({
  type: "message",
  role,
  content: [{ type: "input_text", text }],
});
const functionTools = [
  { type: "function", name: "weather", description: "Weather of a city", strict: false, parameters: weatherSchema },
  {
    type: "function",
    name: "shell",
    description: "Runs a command",
    strict: false,
    parameters: {
      type: "object",
      properties: { command: { type: "array", items: { type: "string" } } },
      required: ["command"],
      additionalProperties: false,
    },
  },
];
/** Tools that only OpenAI knows. */
const ownTools = [
  {
    type: "custom",
    name: "apply_patch",
    description: "Edits files",
    format: { type: "grammar", syntax: "lark", definition: "start: /.+/" },
  },
];

function bodyOf(model: string, input: readonly object[], more = {}): object {
  return {
    model,
    instructions: "You are a coding agent running in the Codex CLI.",
    input: [message("developer", "The sandbox is read-only."), ...input],
    tools: functionTools,
    tool_choice: "auto",
    parallel_tool_calls: true,
    reasoning: null,
    store: false,
    stream: true,
    include: [],
    prompt_cache_key: conversation,
    ...more,
  };
}

/** What it asks a model that thinks. */
const thinking = { reasoning: { effort: "medium", summary: "auto" }, include: ["reasoning.encrypted_content"] };

async function post(body: object): Promise<Response> {
  const { origin, localKey } = stack.current;
  const headers = {
    authorization: `Bearer ${localKey}`,
    "content-type": "application/json",
    accept: "text/event-stream",
    originator: "codex_cli_rs",
    "user-agent": "codex_cli_rs/0.99.0 (Linux; x86_64) xterm",
    session_id: conversation,
  };
  return fetch(`${origin}${endpoint}`, { method: "POST", headers, body: JSON.stringify(body) });
}

interface Turn {
  readonly items: readonly unknown[];
  readonly usage: Shown["usage"];
  readonly events: readonly SseEvent[];
}

/** Reads a stream as Codex does: items from `output_item.done`, and nothing counts without `response.completed`. */
async function readTurn(response: Response): Promise<Turn> {
  expect(response.status, response.ok ? "" : await response.clone().text()).toBe(200);
  const events = readEvents(await response.text());
  for (const [index, { name, json }] of events.entries()) {
    expect(at(json, "type")).toBe(name);
    expect(at(json, "sequence_number")).toBe(index);
  }
  const last = events.at(-1);
  expect(last?.name, "the stream ended before response.completed").toBe("response.completed");
  expect(textAt(last?.json, "response", "id")).toMatch(/\w/);
  const usage = objectAt(last?.json, "response", "usage");
  const input = numberAt(usage, "input_tokens");
  const output = numberAt(usage, "output_tokens");
  const cached = numberAt(usage, "input_tokens_details", "cached_tokens");
  const thought = numberAt(usage, "output_tokens_details", "reasoning_tokens");
  expect([input, output, cached, thought].every(Number.isInteger)).toBe(true);
  expect(usage["total_tokens"]).toBe(input + output);
  const items = events.filter(({ name }) => name === "response.output_item.done").map(({ json }) => at(json, "item"));
  return { items, usage: { input, output }, events };
}

function square(
  feature: Feature,
  provider: ProviderName,
  run: (trial: Trial) => Promise<Shown>,
  expected: Expected = {},
): void {
  cell({ client, endpoint, feature, provider }, run, expected);
}

const textOf = (items: readonly unknown[]): string =>
  items
    .flatMap((item) => (at(item, "type") === "message" ? listAt(item, "content") : []))
    .map((part) => textAt(part, "text"))
    .join("");

for (const provider of ["openai", "anthropic", "google", "chat-server"] as const) {
  const thinkingModel = `${provider}/${providers[provider].thinkingModel}`;

  describe(`Codex at ${provider}`, () => {
    square("streaming", provider, async ({ model, lastSent }) => {
      const turn = await readTurn(await post(bodyOf(model, [message("user", longQuestion)])));
      const said = turn.events
        .filter(({ name }) => name === "response.output_text.delta")
        .map(({ json }) => textAt(json, "delta"));
      expect(said.join("")).toBe(textOf(turn.items));
      expect(lastSent().body).toContain("The sandbox is read-only.");
      return { content: textOf(turn.items), usage: turn.usage };
    });

    square("session", provider, async ({ model, row }) => {
      const turn = await readTurn(await post(bodyOf(model, [message("user", longQuestion)])));
      expect((await row()).claims).toMatchObject({ prompt: conversation });
      return { content: textOf(turn.items), usage: turn.usage };
    });

    square(
      "tool loop",
      provider,
      async ({ lastSent }) => {
        const question = message("user", toolQuestion);
        const first = await readTurn(await post(bodyOf(thinkingModel, [question], thinking)));
        const calls = first.items.filter((item) => at(item, "type") === "function_call");
        expect(calls.length).toBeGreaterThan(0);
        for (const call of calls) expectWeather(JSON.parse(textAt(call, "arguments")));
        // It sends the items back without the ids, which only mean something where answers are stored.
        const kept = first.items.map((item) => ({ ...objectAt(item), id: undefined, status: undefined }));
        const results = calls.map((call) => ({
          type: "function_call_output",
          call_id: textAt(call, "call_id"),
          output: "Sunny, 20 degrees.",
        }));
        const second = await readTurn(await post(bodyOf(thinkingModel, [question, ...kept, ...results], thinking)));
        expect(lastSent().body).toContain("Sunny, 20 degrees.");
        const thought = first.items.find((item) => at(item, "type") === "reasoning");
        if (provider === "openai" || provider === "anthropic") {
          const proof = textAt(thought, "encrypted_content");
          expect(proof).not.toBe("");
          expect(lastSent().body, "the proof goes back byte for byte").toContain(proof);
        }
        return { content: textOf(second.items), usage: second.usage };
      },
      { model: thinkingModel },
    );

    square(
      "no retry",
      provider,
      async (trial) => {
        const response = await post(bodyOf(trial.at("429"), [message("user", longQuestion)]));
        expect(response.status).toBe(429);
        const error = at(await response.json(), "error");
        expect(error).toMatchObject({ message: expect.stringMatching(/\w/), type: expect.any(String) });
        expect(trial.sent()).toHaveLength(1);
        return { content: textAt(error, "message"), usage: null };
      },
      { outcome: "error", status: 429, usage: "unknown", endpointId: `${provider}-429` },
    );

    square(
      "error in stream",
      provider,
      async (trial) => {
        const response = await post(bodyOf(trial.at("breaks"), [message("user", longQuestion)]));
        const events = readEvents(await response.text());
        const last = events.at(-1);
        expect(last?.name).toBe("response.failed");
        expect(at(last?.json, "response")).toMatchObject({
          status: "failed",
          error: { code: expect.any(String), message: expect.any(String) },
        });
        expect(events.some(({ name }) => name === "response.completed")).toBe(false);
        // The events of one stream are numbered through, the failure's own included.
        const numbers = events.map(({ json }) => numberAt(json, "sequence_number"));
        expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
        expect(new Set(numbers).size).toBe(numbers.length);
        return { content: at(last?.json, "response", "error"), usage: null };
      },
      { outcome: "error", usage: "estimated", endpointId: `${provider}-breaks` },
    );
  });
}

describe("Codex, what only OpenAI has", () => {
  square(
    "headers",
    "openai",
    async ({ lastSent }) => {
      const body = bodyOf("gpt-4o-mini", [message("user", longQuestion)], { tools: [...functionTools, ...ownTools] });
      const turn = await readTurn(await post(body));
      expect(lastSent().body).toBe(JSON.stringify(body));
      expect(lastSent().headers.get("originator")).toBe("codex_cli_rs");
      expect(lastSent().headers.get("session_id")).toBe(conversation);
      return { content: textOf(turn.items), usage: turn.usage };
    },
    { model: "gpt-4o-mini" },
  );
});
