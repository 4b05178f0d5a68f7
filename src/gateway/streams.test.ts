import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { chatRequest, send, startTestGateway, type TestGateway, until, usualAnswer } from "./test-gateway.ts";

let stack: TestGateway;
beforeAll(async () => {
  stack = await startTestGateway();
});
afterAll(() => stack.stop());
beforeEach(() => {
  stack.upstream.calls.length = 0;
  stack.upstream.answer = usualAnswer;
});

const streamBody = JSON.stringify(chatRequest({ stream: true, stream_options: { include_usage: true } }));
const delta = (text: string): string =>
  `data: {"id":"c1","model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}}}]}\n\n`;
const usage = 'data: {"id":"c1","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}\n\n';
const done = "data: [DONE]\n\n";

function startEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "max-age=9" });
}

/** A stream whose reading the test controls. */
function open(
  port: number,
  headers: Record<string, string> = {},
): Promise<{ response: IncomingMessage; leave: () => void }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        port,
        method: "POST",
        path: "/v1/chat/completions",
        agent: false,
        headers: { authorization: "Bearer sk-own", "content-type": "application/json", ...headers },
      },
      (response) => {
        response.on("error", () => undefined);
        resolve({ response, leave: () => outgoing.destroy() });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(streamBody);
  });
}

describe("a stream", () => {
  it("passes byte for byte, with what is known at its beginning in the head", async () => {
    const text = `: ping\n\n${delta("héé\n")}${delta("✓")}${usage}${done}`;
    stack.upstream.answer = (_, response) => {
      startEvents(response);
      response.end(text);
    };
    const answer = await send(stack.port, { body: streamBody });
    expect(answer.text).toBe(text);
    expect(answer.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("no-cache");
    expect(answer.headers["x-accel-buffering"]).toBe("no");
    expect(answer.headers["x-farthing-request-id"]).toBe(stack.ledger.records.at(-1)?.requestId);
    expect(answer.headers["x-farthing-model"]).toBe("gpt-4o-mini");
    expect(answer.headers["x-farthing-cache"]).toBe("off");
    expect(answer.headers["x-farthing-cost"]).toBeUndefined();
  });

  it("tells its cost in a comment before the terminal event when asked to", async () => {
    stack.upstream.answer = (_, response) => {
      startEvents(response);
      response.end(`${delta("a")}${usage}${done}`);
    };
    const answer = await send(stack.port, { body: streamBody, headers: ["x-farthing-stream-summary", "1"] });
    expect(answer.text).toBe(`${delta("a")}${usage}: x-farthing-cost=0.0000027 x-farthing-saved=0\n\n${done}`);
  });

  it("shows its head and each piece as they come", async () => {
    const steps: ServerResponse[] = [];
    stack.upstream.answer = (_, response) => {
      startEvents(response);
      response.flushHeaders();
      steps.push(response);
    };
    const { response } = await open(stack.port);
    let text = "";
    response.on("data", (piece: Buffer) => (text += piece.toString()));
    steps[0]?.write(delta("one"));
    await until(() => text === delta("one"));
    steps[0]?.write(delta("two"));
    await until(() => text === delta("one") + delta("two"));
    steps[0]?.end(usage + done);
    await until(() => text.endsWith(done));
    expect(text).toBe(delta("one") + delta("two") + usage + done);
  });

  it("ends in an error event, not in a fake end, when the provider breaks off", async () => {
    stack.upstream.answer = (_, response) => {
      startEvents(response);
      response.write(delta("half"), () => response.socket?.destroy());
    };
    const answer = await send(stack.port, { body: streamBody });
    expect(answer.text.startsWith(delta("half"))).toBe(true);
    expect(answer.text).toContain('"error"');
    expect(answer.text).not.toContain("[DONE]");
    await until(
      () => stack.ledger.records.at(-1)?.outcome === "truncated" || stack.ledger.records.at(-1)?.outcome === "error",
    );
  });
});

describe("a caller that leaves", () => {
  it("mid-stream: the provider sees it within 100 ms, and the row says aborted with an estimate", async () => {
    stack.upstream.answer = (_, response) => {
      startEvents(response);
      response.write(delta("some text"));
    };
    const { response, leave } = await open(stack.port);
    await new Promise((resolve) => response.once("data", resolve));
    const leftAtMs = performance.now();
    leave();
    await until(() => (stack.upstream.calls[0]?.closedAtMs ?? null) !== null);
    expect((stack.upstream.calls[0]?.closedAtMs ?? Infinity) - leftAtMs).toBeLessThan(100);
    await until(() => stack.ledger.records.at(-1)?.outcome === "aborted");
    expect(stack.ledger.records.at(-1)?.cost.state).toBe("estimated");
    await until(() => stack.gateway.engine.status().inFlight === 0);
  });

  it("before the provider answered: the call is cut all the same", async () => {
    stack.upstream.answer = () => undefined;
    const outgoing = httpRequest({
      port: stack.port,
      method: "POST",
      path: "/v1/chat/completions",
      agent: false,
      headers: { authorization: "Bearer sk-own" },
    });
    outgoing.on("error", () => undefined);
    outgoing.end(streamBody);
    await until(() => stack.upstream.calls.length === 1);
    const leftAtMs = performance.now();
    outgoing.destroy();
    await until(() => (stack.upstream.calls[0]?.closedAtMs ?? null) !== null);
    expect((stack.upstream.calls[0]?.closedAtMs ?? Infinity) - leftAtMs).toBeLessThan(100);
    await until(() => stack.gateway.engine.status().inFlight === 0);
  });

  it("before its body was complete: nothing is called and nothing is kept", async () => {
    const outgoing = httpRequest({
      port: stack.port,
      method: "POST",
      path: "/v1/chat/completions",
      agent: false,
      headers: { authorization: "Bearer sk-own", "content-length": "100" },
    });
    outgoing.on("error", () => undefined);
    outgoing.write('{"model":');
    await new Promise((resolve) => setTimeout(resolve, 50));
    outgoing.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stack.upstream.calls).toHaveLength(0);
    expect((await send(stack.port)).status).toBe(200);
  });
});

describe("a caller that stops reading", () => {
  it("stops the provider, and gets everything when it reads on", async () => {
    const piece = delta("x".repeat(16_000));
    let written = 0;
    let stopped = false;
    stack.upstream.answer = (_, response) => {
      startEvents(response);
      const more = (): void => {
        while (written < 4000) {
          written++;
          if (!response.write(piece)) {
            response.once("drain", more);
            return;
          }
        }
        response.end(usage + done, () => (stopped = true));
      };
      more();
    };
    const { response } = await open(stack.port);
    response.pause();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const whilePaused = written;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(written).toBe(whilePaused);
    // 64 MB would have come; buffers of sockets and kernel hold a few.
    expect(whilePaused).toBeLessThan(2000);
    let bytes = 0;
    response.on("data", (chunk: Buffer) => (bytes += chunk.length)).resume();
    await until(() => bytes === 4000 * piece.length + usage.length + done.length, 10_000);
    await until(() => stopped);
  });
});
