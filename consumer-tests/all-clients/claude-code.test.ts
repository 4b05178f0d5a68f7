import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { Feature } from "./features.ts";
import { longQuestion, toolQuestion, weatherSchema } from "./questions.ts";
import { type ProviderName, providers } from "./stack/providers.ts";
import { readEvents, type SseEvent } from "./stack/read-events.ts";
import { at, listAt, numberAt, objectAt, textAt } from "./stack/read-json.ts";
import { expectWeather } from "./what-clients-saw.ts";

/*
 * What Claude Code sends and expects, spoken by hand. Sources: code.claude.com/docs, "LLM gateway protocol", and
 * anthropic-sdk-typescript, src/core/streaming.ts; read 2026-11-21.
 */

const stack = useStack();
const client = "Claude Code (scripted)";
const betas =
  "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,prompt-caching-scope-2026-01-05";
const session = "4f0c6a52-7d3e-4b7a-9a55-0c3d1f6b2e11";

const headers = (key: string): Record<string, string> => ({
  authorization: `Bearer ${key}`,
  "content-type": "application/json",
  accept: "application/json",
  "user-agent": "claude-cli/2.1.181 (external, cli)",
  "x-app": "cli",
  "anthropic-version": "2023-06-01",
  "anthropic-beta": betas,
  "anthropic-dangerous-direct-browser-access": "true",
  "x-claude-code-session-id": session,
  "x-stainless-lang": "js",
  "x-stainless-retry-count": "0",
  "x-stainless-timeout": "600",
});

const system = [
  { type: "text", text: "x-anthropic-billing-header: cc_version=2.1.181.a1b; cc_entrypoint=cli;" },
  {
    type: "text",
    text: "You are Claude Code, Anthropic's official CLI for Claude.",
    cache_control: { type: "ephemeral" },
  },
  { type: "text", text: "You help with harbours.", cache_control: { type: "ephemeral" } },
];
const tools = [
  { name: "weather", description: "Weather of a city", input_schema: weatherSchema },
  {
    name: "Bash",
    description: "Runs a command",
    input_schema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
  },
];

function bodyOf(model: string, messages: readonly object[], more = {}): object {
  return {
    model,
    max_tokens: 4_000,
    messages,
    system,
    tools,
    metadata: { user_id: `user_${"ab".repeat(32)}_account__session_${session}` },
    stream: true,
    ...more,
  };
}

const user = (text: string): object => ({ role: "user", content: [{ type: "text", text }] });

async function post(path: string, body: object): Promise<Response> {
  const { origin, localKey } = stack.current;
  return fetch(`${origin}${path}`, {
    method: "POST",
    headers: headers(localKey),
    body: JSON.stringify(body),
    redirect: "error",
  });
}

/** A block of an answer's content, being put together. */
type Block = Record<string, unknown>;

interface Message {
  readonly content: readonly Block[];
  readonly stopReason: string | null;
  readonly usage: Shown["usage"];
  readonly events: readonly SseEvent[];
}

/** Folds a stream as the client does: names decide, pings are skipped, the order is insisted on. */
async function readMessage(response: Response): Promise<Message> {
  expect(response.status, response.ok ? "" : await response.clone().text()).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const events = readEvents(await response.text());
  expect(events.every(({ name, json }) => name !== null && at(json, "type") === name)).toBe(true);
  const told = events.filter(({ name }) => name !== "ping");
  expect(told[0]?.name).toBe("message_start");
  expect(told.at(-1)?.name).toBe("message_stop");
  const content: Block[] = [];
  let usage = objectAt(told[0]?.json, "message", "usage");
  let stopReason: string | null = null;
  for (const { name, json } of told) {
    if (name === "error") throw new Error(textAt(json, "error", "message"));
    if (name === "content_block_start") content[numberAt(json, "index")] = { ...objectAt(json, "content_block") };
    if (name === "content_block_delta") applyDelta(content[numberAt(json, "index")], objectAt(json, "delta"));
    if (name === "message_delta") {
      usage = { ...usage, ...objectAt(json, "usage") };
      stopReason = textAt(json, "delta", "stop_reason");
    }
  }
  for (const block of content) finish(block);
  const cached = ["cache_creation_input_tokens", "cache_read_input_tokens"].map((name) => Number(usage[name] ?? 0));
  const input = cached.reduce((sum, count) => sum + count, numberAt(usage, "input_tokens"));
  return { content, stopReason, usage: { input, output: numberAt(usage, "output_tokens") }, events };
}

function applyDelta(block: Block | undefined, delta: Readonly<Record<string, unknown>>): void {
  const into: Readonly<Record<string, readonly [string, string]>> = {
    text_delta: ["text", "text"],
    thinking_delta: ["thinking", "thinking"],
    signature_delta: ["signature", "signature"],
    input_json_delta: ["partial", "partial_json"],
  };
  const type = textAt(delta, "type");
  const [field, from] = into[type] ?? [];
  if (field === undefined || from === undefined) throw new Error(`unknown delta ${type}`);
  if (block === undefined) throw new Error("a delta before its block");
  block[field] = String(block[field] ?? "") + textAt(delta, from);
}

function finish(block: Block): void {
  if (block["type"] !== "tool_use") return;
  block["input"] = JSON.parse(String(block["partial"] ?? "") || "{}");
  delete block["partial"];
}

function square(
  feature: Feature,
  provider: ProviderName,
  run: (trial: Trial) => Promise<Shown>,
  expected: Expected = {},
  endpoint = "/v1/messages?beta=true",
): void {
  cell({ client, endpoint, feature, provider }, run, expected);
}

const bare = "claude-haiku-4-5";

describe("Claude Code at Anthropic", () => {
  square(
    "headers",
    "anthropic",
    async ({ lastSent, got }) => {
      const body = bodyOf(bare, [user(longQuestion)], {
        context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
        output_config: { effort: "medium" },
      });
      const message = await readMessage(await post("/v1/messages?beta=true", body));
      const { headers: sent, path, body: text } = lastSent();
      expect(path).toBe("/v1/messages?beta=true");
      for (const name of ["anthropic-version", "anthropic-beta", "x-app", "user-agent"]) {
        expect(sent.get(name)).toBe(headers("")[name]);
      }
      expect(sent.get("x-api-key")).toBe(providers.anthropic.key);
      expect(sent.has("authorization")).toBe(false);
      // The body's half of a feature travels with the header's; not a byte is another one.
      expect(text).toBe(JSON.stringify(body));
      expect(got().at(-1)?.headers.get("anthropic-ratelimit-requests-remaining")).toMatch(/^\d+$/);
      return { content: message.content, usage: message.usage };
    },
    { model: bare },
  );

  square(
    "session",
    "anthropic",
    async ({ row }) => {
      const message = await readMessage(await post("/v1/messages?beta=true", bodyOf(bare, [user(longQuestion)])));
      expect((await row()).claims).toMatchObject({ session });
      return { content: message.content, usage: message.usage };
    },
    { model: bare },
  );

  square(
    "probe",
    "anthropic",
    async () => {
      const response = await fetch(`${stack.current.origin}/`, { method: "HEAD", redirect: "error" });
      expect(response.status).toBe(200);
      return { content: String(response.status), usage: null };
    },
    { noRow: true },
    "/",
  );

  square(
    "models",
    "anthropic",
    async () => {
      const { origin, localKey } = stack.current;
      const given = { "x-api-key": localKey, "anthropic-version": "2023-06-01" };
      const response = await fetch(`${origin}/v1/models?limit=1000`, {
        headers: given,
        redirect: "error",
        signal: AbortSignal.timeout(3_000),
      });
      const models = listAt(await response.json(), "data");
      const usable = models.filter((model) => /^(claude|anthropic)/.test(textAt(model, "id")));
      expect(usable.length).toBeGreaterThan(5);
      expect(usable.every((model) => typeof at(model, "display_name") === "string")).toBe(true);
      return { content: usable, usage: null };
    },
    { noRow: true },
    "/v1/models?limit=1000",
  );

  square(
    "token count",
    "anthropic",
    async ({ lastSent }) => {
      const body = bodyOf(bare, [user(longQuestion)], {
        stream: undefined,
        max_tokens: undefined,
        metadata: undefined,
      });
      const count: unknown = await (await post("/v1/messages/count_tokens?beta=true", body)).json();
      expect(lastSent().path).toBe("/v1/messages/count_tokens?beta=true");
      const message = await readMessage(await post("/v1/messages?beta=true", bodyOf(bare, [user(longQuestion)])));
      expect(numberAt(count, "input_tokens")).toBe(message.usage?.input);
      return { content: message.content, usage: message.usage };
    },
    { model: bare },
    "/v1/messages/count_tokens?beta=true",
  );

  square(
    "prompt cache",
    "anthropic",
    async ({ row }) => {
      const long = [
        ...system.slice(0, 2),
        { type: "text", text: "You help with harbours. ".repeat(1_500), cache_control: { type: "ephemeral" } },
      ];
      const body = bodyOf(bare, [user("Hello.")], { system: long });
      await readMessage(await post("/v1/messages?beta=true", body));
      const message = await readMessage(await post("/v1/messages?beta=true", body));
      const start = message.events.find(({ name }) => name === "message_start");
      const read = numberAt(start?.json, "message", "usage", "cache_read_input_tokens");
      expect(read).toBeGreaterThan(4_096);
      expect((await row()).usage.tokens.cacheRead).toBe(read);
      return { content: message.content, usage: message.usage };
    },
    { model: bare },
  );
});

describe("Claude Code elsewhere, with all that it sends", () => {
  for (const provider of ["openai", "google", "openai-responses"] as const) {
    square(
      "whole request",
      provider,
      async ({ thinkingModel: model, lastSent, row }) => {
        const body = bodyOf(model, [user(longQuestion)], {
          context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
          output_config: { effort: "medium" },
          temperature: 1,
          tool_choice: { type: "auto" },
        });
        const message = await readMessage(await post("/v1/messages?beta=true", body));
        for (const name of lastSent().headers.keys()) expect(name).not.toMatch(/^anthropic-/);
        const noted = (await row()).journal.map(({ note }) => note ?? "").join(" ");
        expect(noted).toContain("context_management");
        return { content: message.content, usage: message.usage };
      },
      { model: `${provider}/${providers[provider].thinkingModel}` },
    );
  }
});

for (const provider of ["anthropic", "openai", "google", "openai-responses"] as const) {
  const thinkingModel = `${provider}/${providers[provider].thinkingModel}`;

  describe(`Claude Code at ${provider}`, () => {
    square("streaming", provider, async ({ model, lastSent }) => {
      const message = await readMessage(await post("/v1/messages?beta=true", bodyOf(model, [user(longQuestion)])));
      expect(message.stopReason).toBe("end_turn");
      const texts = system.map(({ text }) => text);
      const places = texts.map((text) => lastSent().body.indexOf(text));
      expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
      expect(places).toEqual(places.toSorted((left, right) => left - right));
      return { content: message.content, usage: message.usage };
    });

    square(
      "tool loop",
      provider,
      async ({ sent }) => {
        const thinking = { thinking: { type: "enabled", budget_tokens: 1_200 } };
        const messages: object[] = [user(toolQuestion)];
        const first = await readMessage(
          await post("/v1/messages?beta=true", bodyOf(thinkingModel, messages, thinking)),
        );
        expect(first.stopReason).toBe("tool_use");
        const calls = first.content.filter((block) => block["type"] === "tool_use");
        for (const call of calls) expectWeather(call["input"]);
        const results = calls.map((call) => ({
          type: "tool_result",
          tool_use_id: textAt(call, "id"),
          content: [{ type: "text", text: "Sunny." }],
        }));
        messages.push({ role: "assistant", content: first.content }, { role: "user", content: results });
        const second = await readMessage(
          await post("/v1/messages?beta=true", bodyOf(thinkingModel, messages, thinking)),
        );
        expect(second.stopReason).toBe("end_turn");
        const thought = first.content.find((block) => block["type"] === "thinking");
        const signature = thought?.["signature"];
        if (provider === "anthropic") expect(signature).toBeTruthy();
        if (signature) expect(sent().at(-1)?.body).toContain(signature);
        return { content: second.content, usage: second.usage };
      },
      { model: thinkingModel },
    );

    square(
      "error in stream",
      provider,
      async (trial) => {
        const response = await post("/v1/messages?beta=true", bodyOf(trial.at("breaks"), [user(longQuestion)]));
        const events = readEvents(await response.text());
        expect(events.at(-1)?.name).toBe("error");
        expect(events.at(-1)?.json).toMatchObject({
          type: "error",
          error: { type: expect.any(String), message: expect.any(String) },
        });
        expect(events.some(({ name }) => name === "message_stop")).toBe(false);
        return { content: events.at(-1)?.json, usage: null };
      },
      { outcome: "error", usage: "estimated", endpointId: `${provider}-breaks` },
    );
  });
}
