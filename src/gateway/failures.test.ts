import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type IncomingMessage, request as httpRequest, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { FarthingError } from "../kit/farthing-error.ts";
import type { Clock } from "../spec/clock.ts";
import { logDefect } from "./log-failure.ts";
import {
  type Answer,
  chatReply,
  chatRequest,
  send,
  type TestGateway,
  type TestGatewayOptions,
  until,
} from "./test-gateway.ts";
import { createTestGateways } from "./test-gateways.ts";

const gateways = createTestGateways();
afterEach(() => gateways.stop());

async function start(answer: Answer, options: TestGatewayOptions = {}): Promise<TestGateway> {
  const stack = await gateways.start(options);
  stack.upstream.answer = answer;
  return stack;
}

function eventsOf(stack: TestGateway, event: string): object[] {
  return stack.log.filter((line) => "event" in line && line.event === event);
}

const streamBody = JSON.stringify(chatRequest({ stream: true, stream_options: { include_usage: true } }));
const delta = (text: string): string => `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`;

function startEvents(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(text);
}

describe("a stream that breaks off", () => {
  const cases: readonly (readonly [string, Answer])[] = [
    ["truncated", (_, response) => response.end(delta("canary"))],
    ["truncated", (_, response) => setTimeout(() => response.socket?.destroy(), 30)],
    ["timeout", () => undefined],
    ["stream-error", (_, response) => response.end('data: {"error":{"message":"canary","type":"server_error"}}\n\n')],
  ];

  it.each(cases)("is one line of the log: %s", async (code, goOn) => {
    const answer: Answer = (call, response) => {
      startEvents(response, delta("canary"));
      goOn(call, response);
    };
    const timeouts = { connectMs: 2000, firstByteMs: 5000, idleMs: 150, totalMs: 10_000 };
    const stack = await start(answer, { route: { timeouts } });
    const got = await send(stack.port, { body: streamBody, headers: ["authorization", "Bearer sk-canary"] });
    const place = { dialect: "openai-chat", route: "default", provider: "openai", model: "gpt-4o-mini" };
    const named = { event: "stream-failed", request_id: got.headers["x-farthing-request-id"], code, status: 200 };
    expect(stack.log.filter((line) => "level" in line && line.level === "error")).toEqual([
      { level: "error", ...named, ...place, message: expect.any(String) as string },
    ]);
    expect(JSON.stringify(stack.log)).not.toContain("canary");
  });

  it("is no failure when its caller left", async () => {
    const stack = await start((_, response) => startEvents(response, delta("a")));
    const { leave, response } = await open(stack.port);
    await new Promise((resolve) => response.once("data", resolve));
    leave();
    await until(() => stack.ledger.records.length === 1);
    expect(eventsOf(stack, "stream-failed")).toEqual([]);
  });
});

describe("a defect inside the pipeline", () => {
  it("is logged with its kind and place, never its text, once", async () => {
    const cause = new RangeError("canary\n    at canary (canary:1:1)");
    let broken = false;
    const clock: Clock = {
      nowMs: Date.now,
      monotonicUs: () => performance.now() * 1000,
      after: (delayMs, run) => {
        if (broken) throw cause;
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    };
    const stack = await start((_, response) => response.end(JSON.stringify(chatReply)), { engine: { clock } });
    broken = true;
    const answer = await send(stack.port);
    expect(answer.json()).toMatchObject({ error: { code: "internal_error" } });
    broken = false;
    const lines = eventsOf(stack, "defect");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      kind: "RangeError",
      route: "default",
      request_id: answer.headers["x-farthing-request-id"],
    });
    expect(lines[0]).toMatchObject({
      at: expect.arrayContaining([expect.stringMatching(/^at .*:\d+:\d+/)]) as unknown,
    });
    expect(eventsOf(stack, "request-failed")).toEqual([]);
    expect(JSON.stringify(stack.log)).not.toContain("canary");
  });

  it("keeps its text out of the log where the text looks like a stack", () => {
    const log: object[] = [];
    logDefect((line) => log.push(line), new Error("a\n    at canary (canary:1:1)\nb"), "fr_1");
    logDefect((line) => log.push(line), new FarthingError("internal_error", "canary"), "fr_1");
    logDefect((line) => log.push(line), "canary", "fr_1");
    expect(JSON.stringify(log)).not.toContain("canary");
    expect(log).toHaveLength(3);
    expect(log[0]).toMatchObject({ kind: "Error", at: expect.arrayContaining([expect.any(String)]) as unknown });
  });
});

/** A stream whose reading the test controls. */
function open(port: number, body = streamBody): Promise<{ response: IncomingMessage; leave: () => void }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: "Bearer sk-own", "content-type": "application/json" };
    const path = "/v1/chat/completions";
    const outgoing = httpRequest({ port, method: "POST", path, agent: false, headers }, (response) => {
      response.on("error", () => undefined);
      resolve({ response, leave: () => outgoing.destroy() });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** More than the sockets of the system hold. */
const much = "x".repeat(24 * 1024 * 1024);

const answerMuch: Answer = (_, response) => {
  startEvents(response, delta(much));
  response.end("data: [DONE]\n\n");
};

const answerSlowly: Answer = (_, response) => {
  startEvents(response, delta("a"));
  setTimeout(() => response.end("data: [DONE]\n\n"), 400);
};

describe("a reader that stalls for ever", () => {
  it("in a stream: is cut after the limit, its row written, its slot free, and the log tells", async () => {
    const stack = await start(answerMuch, { writeStallMs: 200 });
    const { response } = await open(stack.port);
    response.pause();
    await until(() => stack.ledger.records.length === 1);
    expect(stack.ledger.records[0]?.outcome).toBe("aborted");
    await until(() => stack.gateway.engine.status().inFlight === 0);
    expect(eventsOf(stack, "reader-stalled")).toMatchObject([
      { status: 200, route: "default", provider: "openai", request_id: stack.ledger.records[0]?.requestId },
    ]);
    response.resume();
    await until(() => response.closed);
    expect(response.complete).toBe(false);
  });

  it("in an answer of one piece too; one that reads in time gets everything", async () => {
    const reply = JSON.stringify({ ...chatReply, much });
    const answer: Answer = (_, response) => response.writeHead(200, { "content-type": "application/json" }).end(reply);
    const stack = await start(answer, { writeStallMs: 500 });
    expect((await send(stack.port)).body).toHaveLength(reply.length);
    const { response } = await open(stack.port, JSON.stringify(chatRequest()));
    response.pause();
    await until(() => eventsOf(stack, "reader-stalled").length === 1);
    response.resume();
    await until(() => response.closed);
    expect(response.complete).toBe(false);
  });

  it("is not one whose provider is slow", async () => {
    const stack = await start(answerSlowly, { writeStallMs: 50 });
    expect((await send(stack.port, { body: streamBody })).text).toContain("[DONE]");
    expect(eventsOf(stack, "reader-stalled")).toEqual([]);
  });
});

describe("a connection that cannot be taken", () => {
  it("is logged, at most once a second of each kind", async () => {
    const stack = await start(() => undefined);
    let server: Server | null = null;
    const seen = (message: unknown): void => {
      server ??= (message as { server: Server }).server;
    };
    subscribe("http.server.request.start", seen);
    await send(stack.port, { method: "GET", path: "/healthz" });
    unsubscribe("http.server.request.start", seen);
    const failure = Object.assign(new Error("accept"), { code: "EMFILE" });
    for (let round = 0; round < 50; round++) (server as Server | null)?.emit("error", failure);
    expect(eventsOf(stack, "connection-not-taken")).toEqual([
      {
        level: "error",
        event: "connection-not-taken",
        listener: "traffic",
        code: "EMFILE",
        message: expect.stringContaining("ulimit") as string,
      },
    ]);
  });
});

describe("a call that comes while the gateway drains", () => {
  it("is refused, counted and sampled like any other refusal", async () => {
    const waiting: ServerResponse[] = [];
    const stack = await start((_, response) => waiting.push(response), { config: { drainMs: 3000 } });
    const body = JSON.stringify(chatRequest());
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer k\r\ncontent-length: ${body.length}\r\n\r\n`;
    const socket = connect(stack.port, "127.0.0.1");
    let text = "";
    socket.on("data", (bytes) => (text += bytes.toString()));
    socket.write(head + body);
    await until(() => waiting.length === 1);
    const closing = stack.gateway.close();
    // Behind the first call, on the same connection: a new one would not be taken.
    socket.write(head + body);
    await until(() => eventsOf(stack, "request-refused").length === 1);
    expect(eventsOf(stack, "request-refused")).toMatchObject([{ code: "shutting_down", status: 503 }]);
    const { ledger, configGeneration } = stack.gateway.engine.status();
    const metrics = stack.gateway.engine.metrics.render({ ledger, configGeneration, inFlight: 0 });
    expect(metrics).toContain('farthing_rejected_total{code="shutting_down"} 1\n');
    waiting[0]?.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(chatReply));
    await closing;
    await until(() => socket.closed);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });
});
