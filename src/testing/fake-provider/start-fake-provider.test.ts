import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { EndedLine } from "./call-log.ts";
import { startFakeProvider, type FakeProviderHandle, type FakeProviderOptions } from "./start-fake-provider.ts";

async function using<Result>(
  options: FakeProviderOptions,
  run: (provider: FakeProviderHandle) => Promise<Result>,
): Promise<Result> {
  const provider = await startFakeProvider(options);
  try {
    return await run(provider);
  } finally {
    await provider.stop();
  }
}

function call(
  provider: FakeProviderHandle,
  key: string,
  content: string,
  more: object = {},
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${provider.origin}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content }], ...more }),
    signal,
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("starts, answers, logs, stops; the log outlives it and its files do not", async () => {
  const provider = await startFakeProvider({ seed: 5, scenarios: { "my-key": ["error:500", "ok"] } });
  expect((await call(provider, "my-key", "hi")).status).toBe(500);
  expect((await call(provider, "my-key", "hi")).status).toBe(200);
  await provider.setScenarios({ other: ["529"] });
  expect((await call(provider, "other", "hi")).status).toBe(529);
  const log = await provider.settledLog();
  expect(log.map((line) => line.event)).toEqual(["arrived", "ended", "arrived", "ended", "arrived", "ended"]);
  await Promise.all([provider.stop(), provider.stop()]);
  expect(isAlive(provider.pid)).toBe(false);
  expect(await provider.readLog()).toEqual(log);
});

const tell = (seed: number): Promise<unknown[]> =>
  using({ seed, chaos: 0.3, chaosKinds: ["server-error", "rate-limit", "no-usage"] }, async (provider) => {
    const answers: unknown[] = [];
    for (let number = 0; number < 30; number++) {
      const answer = await call(provider, "k", `What is the refund period in case ${number}?`);
      answers.push([answer.status, (await answer.text()).replace(/"created":\d+/, "")]);
    }
    return answers;
  });

test("two processes with one seed tell the same, another seed something else", async () => {
  const [first, second, other] = await Promise.all([tell(1), tell(1), tell(2)]);
  expect(second).toEqual(first);
  expect(other).not.toEqual(first);
  const statuses = new Set((first ?? []).map((answer) => (answer as [number])[0]));
  expect(statuses.size).toBeGreaterThan(1);
});

describe("with a pace", () => {
  test("a stream that the client leaves is billed for the tokens sent until then, and the cut is timed", async () => {
    await using({ latency: "realistic" }, async (provider) => {
      const controller = new AbortController();
      // A contract review: at least 150 tokens, so half a second at the quickest pace.
      const question = "Does clause 7 of this agreement limit our liability?";
      const answer = await call(provider, "k", question, { stream: true }, controller.signal);
      const reader = answer.body?.getReader();
      let received = "";
      while (!/("content":"[^"]+".*){5}/s.test(received)) {
        const piece = await reader?.read();
        received += new TextDecoder().decode(piece?.value);
      }
      controller.abort();
      const abortedAtMs = Number(process.hrtime.bigint() / 1_000n) / 1_000;
      const ended = (await provider.settledLog()).at(-1) as EndedLine;
      expect(ended).toMatchObject({ end: "peer-cut", usageDelivered: false });
      expect(ended.tokens.output).toBeGreaterThanOrEqual(5);
      expect(ended.tokens.output).toBeLessThan(150);
      // $0.15 and $0.60 per million.
      const { input, output } = ended.tokens;
      expect(ended.invoicePicoUsd).toBe(String(BigInt(input) * 150_000n + BigInt(output) * 600_000n));
      // One clock in both processes; the width is for a busy machine.
      expect(Math.abs((ended.cutAtMs ?? 0) - abortedAtMs)).toBeLessThan(1_000);
    });
  });

  test("a whole answer that nobody waits for is billed for what the time allowed", async () => {
    await using({ latency: "realistic" }, async (provider) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 60);
      await expect(
        call(provider, "sk-fake-slow-first-token:5000-x", "Explain refunds?", {}, controller.signal),
      ).rejects.toThrow(/abort/);
      expect((await provider.settledLog()).at(-1)).toMatchObject({
        end: "peer-cut",
        status: 0,
        bytesSent: 0,
        tokens: { output: 0 },
      });
    });
  });
});

test("stopping it cuts what is open and says so in the log", async () => {
  const provider = await startFakeProvider();
  const open = call(provider, "sk-fake-stall-before-headers-x", "hi").catch(() => "cut");
  while ((await provider.readLog()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await provider.stop();
  expect(await open).toBe("cut");
  expect((await provider.readLog()).at(-1)).toMatchObject({ event: "ended", end: "stopped", cutAtMs: null });
});

test("the static mode answers whole and streamed without a log", async () => {
  await using({ staticReplies: true }, async (provider) => {
    expect(((await (await call(provider, "k", "hi")).json()) as { object: string }).object).toBe("chat.completion");
    const events = (await (await call(provider, "k", "hi", { stream: true })).text()).split("\n\n");
    // 40 of content, finish, usage, [DONE], and what follows the last separator.
    expect(events).toHaveLength(44);
    expect(events.at(-2)).toBe("data: [DONE]");
    expect(await provider.readLog()).toEqual([]);
  });
});

test("a wrong option is said, not swallowed", async () => {
  await expect(startFakeProvider({ chaos: 7 })).rejects.toThrow(/ended with code 2.*--chaos/s);
});

test("it ends when the process that started it is killed", async () => {
  const module = fileURLToPath(new URL("./start-fake-provider.ts", import.meta.url));
  const parent = spawn(process.execPath, [
    "-e",
    `import(${JSON.stringify(module)}).then(async (m) => console.log((await m.startFakeProvider()).pid))`,
  ]);
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once("data", (text: Buffer) => resolve(Number(text.toString()))),
  );
  expect(isAlive(pid)).toBe(true);
  parent.kill("SIGKILL");
  for (let turn = 0; turn < 200 && isRunning(pid); turn++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isRunning(pid)).toBe(false);
});

/** Alive and not a zombie that waits for somebody to collect it. */
function isRunning(pid: number): boolean {
  return isAlive(pid) && existsSync(`/proc/${pid}/exe`);
}
