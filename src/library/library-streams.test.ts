import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until, usualAnswer } from "../gateway/test-gateway.ts";
import { chatInit, chatUrl, startTestLibrary, type TestLibrary } from "./test-library.ts";

let library: TestLibrary;
beforeAll(async () => {
  library = await startTestLibrary({ options: { writeStallMs: 300 } });
});
afterAll(() => library.stop());
beforeEach(() => {
  library.upstream.calls.length = 0;
  library.upstream.answer = usualAnswer;
});

const streamInit = (headers: Record<string, string> = {}): RequestInit =>
  chatInit({ stream: true, stream_options: { include_usage: true } }, headers);
const delta = (text: string): string =>
  `data: {"id":"c1","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}}}]}\n\n`;
const usage = 'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}\n\n';
const done = "data: [DONE]\n\n";

function startEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "max-age=9" });
}

/** Upstream that writes as fast as it may; tells how much it could write. */
function flood(): { readonly pushed: () => number } {
  let pushed = 0;
  const event = delta("word ".repeat(2_000));
  library.upstream.answer = (_, response) => {
    startEvents(response);
    const push = (): void => {
      while (!response.destroyed) {
        pushed += event.length;
        if (!response.write(event)) return;
      }
    };
    response.on("drain", push);
    push();
  };
  return { pushed: () => pushed };
}

/** Upstream that begins a stream and says no more. */
function hold(): void {
  library.upstream.answer = (_, response) => {
    startEvents(response);
    response.write(delta("first"));
  };
}
const upstreamCut = (): Promise<void> => until(() => library.upstream.calls[0]?.closedAtMs !== null, 1_000);

const decoder = new TextDecoder();
async function pieceOf(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  return decoder.decode((await reader.read()).value);
}
function readerOf(response: Response): ReadableStreamDefaultReader<Uint8Array> {
  if (response.body === null) throw new Error("no body");
  return response.body.getReader();
}

describe("a stream", () => {
  it("passes byte for byte, with what is known at its beginning in the head", async () => {
    const text = `: ping\n\n${delta("héé\n")}${delta("✓")}${usage}${done}`;
    library.upstream.answer = (_, response) => {
      startEvents(response);
      response.end(text);
    };
    const response = await library.farthing.fetch(chatUrl, streamInit());
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(response.headers.get("x-farthing-model")).toBe("gpt-4o-mini");
    expect(await response.text()).toBe(text);
    const summed = await library.farthing.fetch(chatUrl, streamInit({ "x-farthing-stream-summary": "1" }));
    expect(await summed.text()).toContain(": x-farthing-cost=");
  });

  it("shows its head and each piece as they come", async () => {
    const steps: ServerResponse[] = [];
    library.upstream.answer = (_, response) => {
      startEvents(response);
      response.flushHeaders();
      steps.push(response);
    };
    const response = await library.farthing.fetch(chatUrl, streamInit());
    const reader = readerOf(response);
    for (const text of ["one", "two"]) {
      steps[0]?.write(delta(text));
      expect(await pieceOf(reader)).toBe(delta(text));
    }
    steps[0]?.end(usage + done);
    expect(await pieceOf(reader)).toBe(usage);
    expect(await pieceOf(reader)).toBe(done);
    expect((await reader.read()).done).toBe(true);
  });

  it("goes at its reader's pace", async () => {
    const { pushed } = flood();
    const leave = new AbortController();
    const response = await library.farthing.fetch(chatUrl, { ...streamInit(), signal: leave.signal });
    let before = -1;
    await until(() => before === (before = pushed()));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const stalledAt = pushed();
    const reader = readerOf(response);
    let read = 0;
    while (read < stalledAt + 1_000_000) read += (await reader.read()).value?.byteLength ?? 0;
    expect(pushed()).toBeGreaterThan(stalledAt);
    leave.abort();
    await until(() => library.upstream.calls[0]?.closedAtMs !== null);
  });

  it("that nobody reads is cut like that of a caller who stalls", async () => {
    flood();
    const response = await library.farthing.fetch(chatUrl, streamInit());
    await until(() => library.log.some((line) => "event" in line && line.event === "reader-stalled"));
    await until(() => library.upstream.calls[0]?.closedAtMs !== null);
    await expect(response.text()).rejects.toThrow("terminated");
  });

  it("that breaks off at the provider ends with the dialect's error", async () => {
    library.upstream.answer = (_, response) => {
      startEvents(response);
      response.write(delta("half"));
      setTimeout(() => response.destroy(), 20);
    };
    const reader = readerOf(await library.farthing.fetch(chatUrl, streamInit()));
    expect(await pieceOf(reader)).toBe(delta("half"));
    expect(await pieceOf(reader)).toContain("upstream_broken");
    expect((await reader.read()).done).toBe(true);
  });
});

describe("a caller that leaves", () => {
  it("before the head: fetch rejects with its reason, and the provider's call is cut", async () => {
    library.upstream.answer = () => undefined;
    const leave = new AbortController();
    const call = library.farthing.fetch(chatUrl, { ...chatInit(), signal: leave.signal });
    void until(() => library.upstream.calls.length === 1).then(() => leave.abort("enough"));
    await expect(call).rejects.toBe("enough");
    await upstreamCut();
    await until(() => library.ledger.records.at(-1)?.outcome === "aborted");
  });

  it("in the middle of a stream: reading fails with its reason", async () => {
    hold();
    const leave = new AbortController();
    const response = await library.farthing.fetch(chatUrl, { ...streamInit(), signal: leave.signal });
    const reader = readerOf(response);
    await reader.read();
    leave.abort();
    await expect(reader.read()).rejects.toMatchObject({ name: "AbortError" });
    await upstreamCut();
    await until(() => library.ledger.records.at(-1)?.outcome === "aborted");
  });

  it("by cancelling the body", async () => {
    hold();
    const rows = library.ledger.records.length;
    const response = await library.farthing.fetch(chatUrl, streamInit());
    await response.body?.cancel();
    await upstreamCut();
    await until(() => library.ledger.records.length > rows);
    expect(library.ledger.records.at(-1)?.outcome).toBe("aborted");
  });

  it("before it came: nothing is sent", async () => {
    const call = library.farthing.fetch(chatUrl, { ...chatInit(), signal: AbortSignal.abort() });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
    expect(library.upstream.calls).toHaveLength(0);
  });

  it("after a whole answer came: the answer stays", async () => {
    const leave = new AbortController();
    const response = await library.farthing.fetch(chatUrl, { ...chatInit(), signal: leave.signal });
    leave.abort();
    expect(await response.json()).toHaveProperty("id");
  });
});

describe("close", () => {
  it("lets open calls end, ends the rest with an error in their dialect, and takes no more", async () => {
    const closing = await startTestLibrary({ more: "drain: 300ms" });
    closing.upstream.answer = (call, response) => {
      startEvents(response);
      response.write(delta("a"));
      if (call.body.includes('"quick"')) setTimeout(() => response.end(usage + done), 100);
    };
    const quick = await closing.farthing.fetch(chatUrl, chatInit({ stream: true, user: "quick" }));
    const slow = await closing.farthing.fetch(chatUrl, chatInit({ stream: true }));
    const closed = closing.farthing.close();
    expect(closing.farthing.close()).toBe(closed);
    const late = await closing.farthing.fetch(chatUrl, chatInit());
    expect([late.status, late.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(await quick.text()).toContain("[DONE]");
    expect(await slow.text()).toContain("shutting_down");
    await closed;
    await expect(closing.farthing.fetch(chatUrl, chatInit())).rejects.toMatchObject({ code: "shutting_down" });
    expect(closing.ledger.records).toHaveLength(2);
    await closing.stop();
  });

  it("does not wait for readers that never read", async () => {
    const closing = await startTestLibrary({ more: "drain: 100ms" });
    closing.upstream.answer = (_, response) => {
      startEvents(response);
      response.end(delta("word ".repeat(100_000)) + usage + done);
    };
    await closing.farthing.fetch(chatUrl, streamInit());
    const startedMs = performance.now();
    await closing.farthing.close();
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    await closing.stop();
  });
});
