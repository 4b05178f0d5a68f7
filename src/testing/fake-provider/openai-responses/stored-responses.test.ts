import { afterAll, beforeAll, describe, expect, test } from "vitest";
import documented from "../fixtures/openai-responses.json" with { type: "json" };
import { bodyOf, lastEnded, sendRaw, statusOf, type RawReply } from "../test-raw-client.ts";
import { shapeDifference } from "../test-shape.ts";
import { startServer, type RunningServer } from "../server.ts";
import { readSettings } from "../settings.ts";
import { ResponseStore, type StoredResponse } from "./response-store.ts";

let server: RunningServer;
const settings = readSettings(["--latency", "none", "--seed", "3"]);

beforeAll(async () => {
  if (settings === null) throw new Error("no settings");
  server = await startServer(settings);
});
afterAll(() => server.stop());

interface Response {
  readonly id: string;
  readonly status: string;
  readonly output: readonly { readonly id: string }[];
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

const ask = (input: unknown, more: object = {}): object => ({ model: "gpt-4o", input, ...more });
const post = (body: unknown, key = "k"): Promise<RawReply> =>
  sendRaw(server.port, { path: "/v1/responses", key, body });
const on = (method: string, path: string, key = "k"): Promise<RawReply> =>
  sendRaw(server.port, { method, path: `/v1/responses/${path}`, key });
const whole = async (body: unknown, key = "k"): Promise<Response> =>
  JSON.parse(bodyOf(await post(body, key))) as Response;
const errorOf = (reply: RawReply): { readonly message: string; readonly code: unknown } =>
  (JSON.parse(bodyOf(reply)) as { readonly error: ReturnType<typeof errorOf> }).error;

describe("what is kept", () => {
  test("is read again, listed, deleted, by its owner only", async () => {
    const response = await whole(ask("Tell me about tea"));
    expect(JSON.parse(bodyOf(await on("GET", response.id)))).toEqual(response);
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe("0");
    const items: unknown = JSON.parse(bodyOf(await on("GET", `${response.id}/input_items`)));
    expect(shapeDifference(items, documented.inputItems)).toBeNull();
    expect(statusOf(await on("GET", response.id, "other"))).toBe(404);
    expect(JSON.parse(bodyOf(await on("DELETE", response.id)))).toEqual({
      id: response.id,
      object: "response",
      deleted: true,
    });
    expect(errorOf(await on("GET", response.id)).message).toBe(`Response with id '${response.id}' not found.`);
  });

  test("store: false keeps nothing; a synchronous one cannot be cancelled", async () => {
    const response = await whole(ask("hi", { store: false }));
    expect(statusOf(await on("GET", response.id))).toBe(404);
    const kept = await whole(ask("hi"));
    expect(errorOf(await on("POST", `${kept.id}/cancel`)).message).toBe("Cannot cancel a synchronous response.");
  });

  test("input items come in pages, in either order", async () => {
    const input = ["one", "two", "three"].map((content) => ({ role: "user", content }));
    const { id } = await whole(ask(input));
    const page = async (
      query: string,
    ): Promise<{ data: { id: string; content: { text: string }[] }[]; has_more: boolean }> =>
      JSON.parse(bodyOf(await on("GET", `${id}/input_items?${query}`))) as Awaited<ReturnType<typeof page>>;
    const first = await page("order=asc&limit=2");
    expect([first.data.map((item) => item.content[0]?.text), first.has_more]).toEqual([["one", "two"], true]);
    const rest = await page(`order=asc&after=${first.data[1]?.id}`);
    expect([rest.data.map((item) => item.content[0]?.text), rest.has_more]).toEqual([["three"], false]);
    expect((await page("")).data[0]?.content[0]?.text).toBe("three");
  });

  test("a next response stands on it: its prompt is all that was said", async () => {
    const first = await whole(ask("What is the refund period?"));
    const next = await whole(ask("And then?", { previous_response_id: first.id }));
    // 12 - 3 of the first, its answer as a message, 3 + And, then, ? and 3 a prompt.
    expect(next.usage.input_tokens).toBe(9 + 3 + first.usage.output_tokens + 3 + 3 + 3);
    const missing = await post(ask("x", { previous_response_id: "resp_none" }));
    expect([statusOf(missing), errorOf(missing).code]).toEqual([400, "previous_response_not_found"]);
    const item = first.output[0];
    const referred = await whole(
      ask([
        { type: "item_reference", id: item?.id },
        { role: "user", content: "And then?" },
      ]),
    );
    expect(referred.usage.input_tokens).toBe(3 + first.usage.output_tokens + 3 + 3 + 3);
  });
});

describe("in the background", () => {
  test("a ticket at once, the answer at the third sight, and the bill with it", async () => {
    const ticket = await whole(ask("What is up?", { background: true }));
    expect(ticket).toMatchObject({ status: "queued", output: [], usage: null });
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe("0");
    expect(JSON.parse(bodyOf(await on("GET", ticket.id)))).toMatchObject({ status: "in_progress" });
    const done = JSON.parse(bodyOf(await on("GET", ticket.id))) as Response;
    expect(done.status).toBe("completed");
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({ responseId: ticket.id, usageDelivered: true });
    expect(ended.tokens.output).toBe(done.usage.output_tokens);
    expect(BigInt(ended.invoicePicoUsd ?? "0")).toBeGreaterThan(0n);
    await on("GET", ticket.id);
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe("0");
    expect(JSON.parse(bodyOf(await on("POST", `${ticket.id}/cancel`)))).toMatchObject({ status: "completed" });
  });

  test("cancelled before its end it costs nothing and stays cancelled", async () => {
    const { id } = await whole(ask("What is up?", { background: true }));
    expect(JSON.parse(bodyOf(await on("POST", `${id}/cancel`)))).toMatchObject({ status: "cancelled", usage: null });
    expect(JSON.parse(bodyOf(await on("GET", id)))).toMatchObject({ status: "cancelled", output: [] });
  });
});

const storedOf = (tokens: number): StoredResponse => ({
  render: () => "{}",
  whole: null,
  tokens,
  inputItems: [],
  history: [],
  background: null,
});

test("the store is bounded by tokens, the oldest go first", () => {
  const store = new ResponseStore();
  store.keep("a", "1", storedOf(5_000_000));
  store.keep("a", "2", storedOf(2_000_000));
  expect(store.find("a", "1")).not.toBeNull();
  store.keep("a", "3", storedOf(2_000_000));
  expect([store.find("a", "1"), store.find("a", "2")?.tokens, store.find("a", "3")?.tokens]).toEqual([
    null,
    2_000_000,
    2_000_000,
  ]);
  expect([store.remove("a", "2"), store.remove("a", "2")]).toEqual([true, false]);
});
