import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formNames, readBehaviour, scenarioOfKey } from "./behaviour.ts";
import { bodyOf, eventsOf, lastEnded, sendRaw, type RawReply } from "./test-raw-client.ts";
import { startServer, type RunningServer } from "./server.ts";
import { readSettings, usageText } from "./settings.ts";

let server: RunningServer;
const settings = readSettings(["--latency", "none", "--seed", "3"]);

beforeAll(async () => {
  if (settings === null) throw new Error("no settings");
  server = await startServer(settings);
});
afterAll(() => server.stop());

const key = "sk-fake-reasoning-content-x";
const ask = { model: "gpt-4o", messages: [{ role: "user", content: "What is up?" }], reasoning_effort: "low" };
const chat = (body: object, as = key): Promise<RawReply> =>
  sendRaw(server.port, { path: "/v1/chat/completions", key: as, body });

interface Message {
  readonly reasoning_content?: string;
  readonly content?: string;
}

interface Chat {
  readonly choices: readonly { readonly message: Message; readonly delta: Message }[];
  readonly usage: { readonly completion_tokens_details: { readonly reasoning_tokens: number } };
}

describe("reasoning_content of a chat", () => {
  test("comes with the effort and the scenario, whole and streamed alike, and is billed", async () => {
    const whole = JSON.parse(bodyOf(await chat(ask))) as Chat;
    const shown = whole.choices[0]?.message.reasoning_content ?? "";
    expect(shown).not.toBe("");
    const thought = whole.usage.completion_tokens_details.reasoning_tokens;
    expect(thought).toBeGreaterThan(0);
    expect((await lastEnded(server.port)).tokens.reasoning).toBe(thought);
    const events = eventsOf(bodyOf(await chat({ ...ask, stream: true }))).slice(0, -1);
    const deltas = events.flatMap((event) => (JSON.parse(event.data) as Chat).choices.map((choice) => choice.delta));
    expect(deltas.map((delta) => delta.reasoning_content ?? "").join("")).toBe(shown);
    expect(deltas.map((delta) => delta.content ?? "").join("")).toBe(whole.choices[0]?.message.content);
    const firstText = deltas.findIndex((delta) => (delta.content ?? "") !== "");
    expect(deltas.slice(firstText).some((delta) => delta.reasoning_content !== undefined)).toBe(false);
  });

  test("does not come without either", async () => {
    expect(bodyOf(await chat(ask, "plain"))).not.toContain("reasoning_content");
    expect(bodyOf(await chat({ ...ask, reasoning_effort: undefined }))).not.toContain("reasoning_content");
    expect(bodyOf(await chat({ ...ask, reasoning_effort: "none" }))).not.toContain("reasoning_content");
  });

  test("is a step like any other, and the help names it", () => {
    expect(readBehaviour("reasoning-content+truncate-after:3")).toEqual({ reasoningContent: true, truncateAfter: 3 });
    expect(scenarioOfKey(key)).toEqual([{ reasoningContent: true }]);
    for (const name of formNames) expect(usageText).toContain(name);
  });
});

describe("redacted thinking of a message", () => {
  const trigger =
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB";
  const body = {
    model: "claude-sonnet-4-6",
    max_tokens: 4_000,
    thinking: { type: "enabled", budget_tokens: 1_024 },
    messages: [{ role: "user", content: `What is up? ${trigger}` }],
  };
  const post = (more: object = {}): Promise<RawReply> =>
    sendRaw(server.port, { path: "/v1/messages", key: "k", body: { ...body, ...more } });

  test("is one block, the same whole and streamed but for its number", async () => {
    const whole = JSON.parse(bodyOf(await post())) as { readonly content: readonly { type: string; data?: string }[] };
    expect(whole.content.map((block) => block.type)).toEqual(["redacted_thinking", "text"]);
    expect(whole.content[0]?.data).toMatch(/^EmwK\w{100,}$/);
    const events = eventsOf(bodyOf(await post({ stream: true }))).map((event) => event.data);
    expect(events[2]).toContain('"content_block":{"type":"redacted_thinking","data":"EmwK');
    expect(events.some((event) => event.includes("thinking_delta") || event.includes("signature_delta"))).toBe(false);
  });
});
