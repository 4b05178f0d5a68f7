import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  bodyOf,
  eventsOf,
  headOf,
  lastEnded,
  sendRaw,
  settledLog,
  statusOf,
  type RawReply,
} from "../test-raw-client.ts";
import { startServer, type RunningServer } from "../server.ts";
import { readSettings } from "../settings.ts";
import { startFakeProvider } from "../start-fake-provider.ts";

let server: RunningServer;
const model = "qwen3-8b";
const settings = readSettings(
  `--latency none --seed 3 --self-hosted ${model} --concurrency 2 --queue-depth 1 --kv-cache-tokens 1600`.split(" "),
);

beforeAll(async () => {
  if (settings === null) throw new Error("no settings");
  server = await startServer(settings);
});
afterAll(() => server.stop());

const ask = (more: object = {}): object => ({ model, messages: [{ role: "user", content: "What is up?" }], ...more });
const post = (
  body: unknown,
  path = "/v1/chat/completions",
  key?: string,
  leaveAfterBytes?: number,
): Promise<RawReply> =>
  sendRaw(server.port, {
    path,
    body,
    ...(key === undefined ? {} : { key }),
    ...(leaveAfterBytes === undefined ? {} : { leaveAfterBytes }),
  });
const get = (path: string): Promise<RawReply> => sendRaw(server.port, { method: "GET", path });
const metric = async (name: string): Promise<number> => {
  const line = new RegExp(`^vllm:${name}\\{engine="0",model_name="${model}"\\} (\\S+)$`, "m");
  return Number(line.exec(bodyOf(await get("/metrics")))?.[1]);
};
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < 500; turn++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it never held");
};
/** A call that keeps its place until its client leaves. */
const hold = (): { readonly done: Promise<unknown>; leave(): void } => {
  const controller = new AbortController();
  const done = fetch(`http://127.0.0.1:${server.port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-fake-stall-after-bytes:300-x" },
    body: JSON.stringify(ask({ stream: true })),
    signal: controller.signal,
  })
    .then((response) => response.text())
    .catch(() => null);
  return { done, leave: () => controller.abort() };
};

describe("as vLLM answers", () => {
  test("without a key, with totals only, for no price", async () => {
    const reply = await post(ask());
    expect(statusOf(reply)).toBe(200);
    expect(headOf(reply)).not.toContain("x-ratelimit");
    const { usage } = JSON.parse(bodyOf(reply)) as { readonly usage: Record<string, number> };
    expect(usage).toEqual({
      prompt_tokens: 10,
      completion_tokens: usage["completion_tokens"],
      total_tokens: 10 + (usage["completion_tokens"] ?? 0),
      prompt_tokens_details: null,
    });
    expect(await lastEnded(server.port)).toMatchObject({ servedModel: model, invoicePicoUsd: null });
  });

  test("other endpoints serve the same model, and only it", async () => {
    expect(statusOf(await post({ model, input: "hi" }, "/v1/responses"))).toBe(200);
    expect(statusOf(await post({ model, prompt: "hi" }, "/v1/completions"))).toBe(200);
    expect(statusOf(await post({ model, input: "hi" }, "/v1/embeddings"))).toBe(200);
    const wrong = await post({ ...ask(), model: "gpt-4o" });
    expect([statusOf(wrong), JSON.parse(bodyOf(wrong))]).toEqual([
      404,
      { error: { message: "The model `gpt-4o` does not exist.", type: "NotFoundError", param: "model", code: 404 } },
    ]);
    expect(JSON.parse(bodyOf(await get("/v1/models")))).toMatchObject({ data: [{ id: model, owned_by: "vllm" }] });
    expect(statusOf(await get("/health"))).toBe(200);
    expect(JSON.parse(bodyOf(await post({}, "/v1/nothing")))).toEqual({ detail: "Not Found" });
  });

  test("an error in a stream is followed by the usual end", async () => {
    const events = eventsOf(bodyOf(await post(ask({ stream: true }), undefined, "sk-fake-error-event-after:2-x")));
    expect(JSON.parse(events.at(-2)?.data ?? "")).toMatchObject({ error: { type: "InternalServerError", code: 500 } });
    expect(events.at(-1)?.data).toBe("[DONE]");
    const failed = await post(ask(), undefined, "sk-fake-error:503:retry-after=2-x");
    expect([statusOf(failed), headOf(failed).includes("retry-after: 2")]).toEqual([503, true]);
  });
});

describe("metrics", () => {
  test("count what was done", async () => {
    const before = [await metric("prompt_tokens_total"), await metric("generation_tokens_total")];
    await post(ask());
    const { tokens } = await lastEnded(server.port);
    expect([await metric("prompt_tokens_total"), await metric("generation_tokens_total")]).toEqual([
      (before[0] ?? 0) + tokens.input,
      (before[1] ?? 0) + tokens.output,
    ]);
    const page = await get("/metrics");
    expect(headOf(page)).toContain("content-type: text/plain; version=0.0.4");
    expect(bodyOf(page)).toContain('vllm:cache_config_info{block_size="16",engine="0",num_gpu_blocks="100"} 1.0');
    expect(bodyOf(page)).toContain("# TYPE vllm:num_requests_running gauge");
  });

  test("show who runs, who waits and how full the cache is; places go on in order, and one too many is refused", async () => {
    expect([await metric("num_requests_running"), await metric("kv_cache_usage_perc")]).toEqual([0, 0]);
    await post(ask());
    const { tokens } = await lastEnded(server.port);
    const held = [hold(), hold()];
    await until(async () => (await metric("num_requests_running")) === 2);
    // Unpaced answers are all there at once: ten tokens of prompt and the answer, in blocks of 16, of 100 blocks.
    const blocks = 2 * Math.ceil((10 + tokens.output) / 16);
    expect(await metric("kv_cache_usage_perc")).toBeCloseTo(blocks / 100, 9);
    expect(await metric("gpu_cache_usage_perc")).toBe(await metric("kv_cache_usage_perc"));
    const third = post(ask());
    await until(async () => (await metric("num_requests_waiting")) === 1);
    const fourth = await post(ask());
    expect([statusOf(fourth), headOf(fourth).includes("retry-after: 1")]).toEqual([503, true]);
    expect(JSON.parse(bodyOf(fourth))).toMatchObject({ error: { type: "ServiceUnavailableError", code: 503 } });
    expect(await metric("num_requests_running")).toBe(2);
    held[0]?.leave();
    expect(statusOf(await third)).toBe(200);
    expect(await metric("num_requests_waiting")).toBe(0);
    held[1]?.leave();
    await Promise.all(held.map((call) => call.done));
    await until(async () => (await metric("num_requests_running")) === 0);
  });

  test("whoever leaves the queue is forgotten and billed nothing", async () => {
    const held = [hold(), hold()];
    await until(async () => (await metric("num_requests_running")) === 2);
    const controller = new AbortController();
    const waiting = fetch(`http://127.0.0.1:${server.port}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify(ask()),
      signal: controller.signal,
    }).catch(() => null);
    await until(async () => (await metric("num_requests_waiting")) === 1);
    controller.abort();
    await waiting;
    await until(async () => (await metric("num_requests_waiting")) === 0);
    for (const call of held) call.leave();
    await Promise.all(held.map((call) => call.done));
    await until(async () => (await metric("num_requests_running")) === 0);
    const left = (await settledLog(server.port)).filter((line) => line.event === "ended" && line.status === 0);
    expect(left).toMatchObject([
      { end: "peer-cut", servedModel: null, tokens: { input: 0, output: 0 }, invoicePicoUsd: "0" },
    ]);
  });
});

test("the vendors' provider has no metrics, and limits are read strictly", async () => {
  const plain = readSettings(["--latency", "none"]);
  if (plain === null) throw new Error("no settings");
  const vendors = await startServer(plain);
  try {
    expect(statusOf(await sendRaw(vendors.port, { method: "GET", path: "/metrics", key: "k" }))).toBe(404);
  } finally {
    await vendors.stop();
  }
  expect(plain.selfHosted).toBeNull();
  expect(settings?.selfHosted).toEqual({ model, concurrency: 2, queueDepth: 1, kvCacheTokens: 1_600 });
  expect(() => readSettings(["--self-hosted", "m", "--concurrency", "0"])).toThrow(/--concurrency/);
});

test("is an option of the process, too", async () => {
  const provider = await startFakeProvider({ selfHosted: { model, concurrency: 3, kvCacheTokens: 320 } });
  try {
    const page = await (await fetch(`${provider.origin}/metrics`)).text();
    expect(page).toContain('num_gpu_blocks="20"');
    expect(page).toContain(`model_name="${model}"`);
  } finally {
    await provider.stop();
  }
});
