import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { cleanUp, cleanups, drain, listen, network, send, serve, serveRaw, transportWith } from "./test-transport.ts";
import { createUndiciTransport } from "./undici-transport.ts";

afterEach(cleanUp);

const holdForEver = (_request: IncomingMessage, _response: ServerResponse): void => undefined;

const within = (startedAt: number, limitMs: number): void => {
  const tookMs = performance.now() - startedAt;
  expect(tookMs).toBeGreaterThanOrEqual(limitMs);
  // The bar is 5 % and 200 ms; the rest is room for a busy machine.
  expect(tookMs).toBeLessThanOrEqual(limitMs * 1.05 + 600);
};

/** A server that notes when a caller has left. */
async function serveAndWatch(answer: RequestListener): Promise<{ origin: string; closed: Promise<number> }> {
  const closed = Promise.withResolvers<number>();
  const origin = await serve((request, response) => {
    response.on("close", () => closed.resolve(performance.now()));
    answer(request, response);
  });
  return { origin, closed: closed.promise };
}

describe("an answer", () => {
  test("passes with its status, headers and body", async () => {
    let seen = "";
    const origin = await serve(async (request, response) => {
      const body = await drain(request);
      seen = `${request.method} ${request.url} ${request.headers["x-a"]} ${body}`;
      response.writeHead(429, ["X-Twice", "1", "x-twice", "2"]);
      response.end("slow down");
    });
    const { got } = send(transportWith(), origin, {}, ["x-a", "b"]);
    await got.over;
    expect(got.failed).toBeUndefined();
    expect(seen).toBe(`POST /v1/chat/completions b {"model":"m"}`);
    expect(got.status).toBe(429);
    expect(got.headers.slice(0, 4)).toEqual(["x-twice", "1", "x-twice", "2"]);
    expect(got.text).toBe("slow down");
  });

  test("arrives piece by piece while it is written, and connections are reused", async () => {
    const ports = new Set<number | undefined>();
    const origin = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.write("one");
      setTimeout(() => response.end("two"), 40);
    });
    const transport = transportWith();
    for (let turn = 0; turn < 3; turn += 1) {
      const { got } = send(transport, origin);
      await got.over;
      expect(got.chunks.map(String)).toEqual(["one", "two"]);
      // A connection is free again one turn of the event loop after its answer.
      await wait(5);
    }
    expect(ports.size).toBe(1);
  });

  test("announced by 103 is still one answer", async () => {
    const origin = await serveRaw((socket) => {
      socket.write("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
    const { got } = send(transportWith(), origin);
    await got.over;
    expect([got.status, got.text, got.ended]).toEqual([200, "ok", 1]);
  });

  test.each([301, 302, 303, 307, 308])("of %i is refused and nobody else is called", async (status) => {
    let elsewhere = 0;
    const other = await serve((_request, response) => {
      elsewhere += 1;
      response.end();
    });
    const origin = await serve((_request, response) => {
      response.writeHead(status, { location: `${other}/v1/chat/completions` });
      response.end();
    });
    const { got } = send(transportWith(), origin, {}, ["authorization", "Bearer sk-secret"]);
    await got.over;
    expect(got.failed).toMatchObject({ kind: "redirect", sent: true });
    expect([got.status, elsewhere]).toEqual([0, 0]);
  });

  test("a second answer on an idle connection reaches no later caller", async () => {
    let connections = 0;
    const origin = await serveRaw((socket) => {
      connections += 1;
      const own = connections;
      socket.on("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nown-${own}`);
        setTimeout(() => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray"), 5);
      });
    });
    const transport = transportWith();
    for (let turn = 1; turn <= 5; turn += 1) {
      const { got } = send(transport, origin);
      await got.over;
      expect(got.text).toBe(`own-${turn}`);
      await wait(20);
    }
  });
});

describe("a failure", () => {
  test("refused connection: not sent", async () => {
    const server = createServer();
    const origin = await listen(server);
    server.close();
    await once(server, "close");
    const { got } = send(transportWith(), origin);
    await got.over;
    expect(got.failed).toMatchObject({ kind: "connect", sent: false });
    expect(got.failed?.message).toContain("ECONNREFUSED");
  });

  test("unknown host: not sent", async () => {
    const { got } = send(transportWith(), "http://nowhere.invalid");
    await got.over;
    expect(got.failed).toMatchObject({ kind: "connect", sent: false });
  });

  test("reset before the answer: sent", async () => {
    const origin = await serveRaw((socket) => socket.on("data", () => socket.resetAndDestroy()));
    const { got } = send(transportWith(), origin);
    await got.over;
    expect(got.failed).toMatchObject({ kind: "reset", sent: true });
  });

  test.each([
    ["reset", (socket: Socket) => void socket.resetAndDestroy()],
    ["closed", (socket: Socket) => void socket.end()],
  ])("%s in the middle of a body: reset, after the pieces that came", async (_name, cut) => {
    const origin = await serveRaw((socket) =>
      socket.on("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n");
        setTimeout(() => cut(socket), 30);
      }),
    );
    const { got } = send(transportWith(), origin);
    await got.over;
    expect(got.failed).toMatchObject({ kind: "reset", sent: true });
    expect(got.text).toBe("hello");
  });

  test.each(["this is not HTTP\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!"])(
    "an answer that is not HTTP (%j): protocol",
    async (bytes) => {
      const origin = await serveRaw((socket) => socket.on("data", () => socket.end(bytes)));
      const { got } = send(transportWith(), origin);
      await got.over;
      expect(got.failed).toMatchObject({ kind: "protocol", sent: true });
    },
  );

  test("a header that cannot be sent: protocol, not sent, and the value is not quoted", async () => {
    const origin = await serve(holdForEver);
    const { got } = send(transportWith(), origin, {}, ["authorization", "Bearer sk-canary\n"]);
    await got.over;
    expect(got.failed).toMatchObject({ kind: "protocol", sent: false });
    expect(JSON.stringify(got.failures)).not.toContain("sk-canary");
  });

  test("an answer beyond the limit is cut", async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200);
      const block = Buffer.alloc(256 * 1024);
      const push = (): void => {
        while (!response.destroyed && response.write(block));
        response.once("drain", push);
      };
      push();
    });
    const { got } = send(transportWith(), origin);
    await got.over;
    expect(got.failed).toMatchObject({ kind: "too-large", sent: true });
    expect(Buffer.concat(got.chunks).length).toBeLessThanOrEqual(1_000_000);
  });
});

describe("time limits", () => {
  test("a call that waits for a free connection may wait beyond the connect time-out", async () => {
    const origin = await serve((_request, response) => void setTimeout(() => response.end("ok"), 400));
    const transport = transportWith({ connectionsPerOrigin: 1 });
    const calls = [1, 2, 3].map(() => send(transport, origin, { connectMs: 150 }));
    await Promise.all(calls.map(({ got }) => got.over));
    expect(calls.map(({ got }) => got.text)).toEqual(["ok", "ok", "ok"]);
  });

  test("no connection is free until the first-byte time-out: not sent, and the message counts them", async () => {
    // Four calls hold all four connections, the fifth waits for one.
    const origin = await serve(holdForEver);
    const transport = transportWith();
    const holders = [0, 1, 2, 3].map(() => send(transport, origin));
    await wait(50);
    const startedAt = performance.now();
    const { got } = send(transport, origin, { connectMs: 5_000, firstByteMs: 300 });
    await got.over;
    within(startedAt, 300);
    expect(got.failed).toMatchObject({ kind: "connect-timeout", sent: false });
    expect(got.failed?.message).toMatch(/All 4 connections .* busy .*300 ms.*connectionsPerOrigin/);
    for (const holder of holders) holder.control.abort();
  });

  test("calls behind a handshake that stays silent fail with it, not at once and not never", async () => {
    const origin = (await serveRaw(() => undefined)).replace("http:", "https:");
    const transport = transportWith({ connectionsPerOrigin: 1 });
    const startedAt = performance.now();
    const calls = [1, 2].map(() => send(transport, origin, { connectMs: 200 }));
    await Promise.all(calls.map(({ got }) => got.over));
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    for (const { got } of calls) expect(got.failed).toMatchObject({ kind: "connect-timeout", sent: false });
  });

  test("a host that does not answer the handshake: connect-timeout, not sent", async () => {
    // A TLS handshake with a server that stays silent.
    const origin = (await serveRaw(() => undefined)).replace("http:", "https:");
    const startedAt = performance.now();
    const { got } = send(transportWith(), origin, { connectMs: 250 });
    await got.over;
    within(startedAt, 250);
    expect(got.failed).toMatchObject({ kind: "connect-timeout", sent: false });
  });

  test("no first byte", async () => {
    const origin = await serve(holdForEver);
    const startedAt = performance.now();
    const { got } = send(transportWith(), origin, { firstByteMs: 250 });
    await got.over;
    within(startedAt, 250);
    expect(got.failed).toMatchObject({ kind: "first-byte-timeout", sent: true });
  });

  test("a stall in the body; pieces in time put it off", async () => {
    const origin = await serve((_request, response) => {
      let left = 5;
      const timer = setInterval(() => {
        response.write("x");
        left -= 1;
        if (left === 0) clearInterval(timer);
      }, 100);
    });
    const startedAt = performance.now();
    const { got } = send(transportWith(), origin, { idleMs: 250 });
    await got.over;
    within(startedAt, 5 * 100 + 250 - 20);
    expect(got.failed).toMatchObject({ kind: "idle-timeout", sent: true });
    expect(got.text).toBe("xxxxx");
  });

  test("the total time, although pieces keep coming", async () => {
    const origin = await serve((_request, response) => {
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    const startedAt = performance.now();
    const { got } = send(transportWith(), origin, { totalMs: 300 });
    await got.over;
    within(startedAt, 300);
    expect(got.failed?.message).toContain("total time of 300 ms");
  });

  test("a paused reader is not the provider's fault", async () => {
    const origin = await serve((_request, response) => void response.end("hello"));
    const { got, control } = send(transportWith(), origin, { idleMs: 100 });
    got.takesMore = () => false;
    await wait(400);
    expect(got.failures).toEqual([]);
    control.resume();
    await got.over;
    expect([got.text, got.ended]).toEqual(["hello", 1]);
  });
});

describe("backpressure", () => {
  test("a paused receiver stops the provider, resume lets it go on", async () => {
    const block = Buffer.alloc(64 * 1024, 1);
    const blocks = 300;
    let written = 0;
    const origin = await serve((_request, response) => {
      const push = (): void => {
        while (written < blocks) {
          written += 1;
          if (!response.write(block)) {
            response.once("drain", push);
            return;
          }
        }
        response.end();
      };
      push();
    });
    const transport = createUndiciTransport(network, 64 * 1024 * 1024);
    cleanups.push(() => transport.close());
    const { got, control } = send(transport, origin);
    got.takesMore = () => false;
    await wait(300);
    const stalledAt = written;
    expect(got.chunks.length).toBe(1);
    // Socket buffers of both sides take a few megabytes, then nothing more is written.
    expect(stalledAt).toBeLessThan(blocks);
    await wait(150);
    expect(written).toBe(stalledAt);
    got.takesMore = () => true;
    control.resume();
    await got.over;
    expect(Buffer.concat(got.chunks).length).toBe(blocks * block.length);
  });
});

describe("abort", () => {
  const cases: readonly (readonly [string, RequestListener])[] = [
    ["before the first byte", holdForEver],
    ["in the middle of a body", (_request, response) => void response.write("x")],
  ];

  test.each(cases)("%s: the provider sees the cut within 100 ms", async (_name, answer) => {
    const { origin, closed } = await serveAndWatch(answer);
    const { got, control } = send(transportWith(), origin);
    await wait(60);
    const cutAt = performance.now();
    control.abort();
    control.abort();
    expect(got.failed).toEqual({ kind: "aborted", sent: true, message: "The call was cut on our side." });
    expect((await closed) - cutAt).toBeLessThan(100);
    await wait(20);
    expect(got.failures.length).toBe(1);
  });

  test("of a paused call cuts too", async () => {
    const { origin, closed } = await serveAndWatch((_request, response) => void response.write(Buffer.alloc(500_000)));
    const { got, control } = send(transportWith(), origin);
    got.takesMore = () => false;
    await wait(60);
    const cutAt = performance.now();
    control.abort();
    expect((await closed) - cutAt).toBeLessThan(100);
    control.resume();
    expect(got.failed?.kind).toBe("aborted");
  });

  test("from within chunk", async () => {
    const { origin, closed } = await serveAndWatch((_request, response) => void response.write("x"));
    const { got, control } = send(transportWith(), origin);
    got.onChunk = () => control.abort();
    await got.over;
    await closed;
    expect(got.failed?.kind).toBe("aborted");
  });

  test("right after send: nothing reaches the provider", async () => {
    let requests = 0;
    const origin = await serve((_request, response) => {
      requests += 1;
      response.end("ok");
    });
    const transport = transportWith();
    const { got, control } = send(transport, origin);
    control.abort();
    expect(got.failed).toMatchObject({ kind: "aborted", sent: false });
    const next = send(transport, origin);
    await next.got.over;
    expect([next.got.text, requests]).toEqual(["ok", 1]);
  });

  test("while it waits for a connection: it is never sent and the connection lives on", async () => {
    const seen: string[] = [];
    const ports = new Set<number | undefined>();
    const origin = await serve((request, response) => {
      seen.push(String(request.headers["x-name"]));
      ports.add(request.socket.remotePort);
      setTimeout(() => response.end("ok"), 100);
    });
    const transport = transportWith({ connectionsPerOrigin: 1 });
    const first = send(transport, origin, {}, ["x-name", "first"]);
    const second = send(transport, origin, {}, ["x-name", "second"]);
    const third = send(transport, origin, {}, ["x-name", "third"]);
    await wait(30);
    second.control.abort();
    expect(second.got.failed).toMatchObject({ kind: "aborted", sent: false });
    await Promise.all([first.got.over, third.got.over]);
    expect(seen).toEqual(["first", "third"]);
    expect([first.got.text, third.got.text, ports.size]).toEqual(["ok", "ok", 1]);
  });
});

describe("close", () => {
  test("lets calls under way end and refuses new ones", async () => {
    const origin = await serve((_request, response) => {
      response.write("a");
      setTimeout(() => response.end("b"), 120);
    });
    const transport = transportWith();
    const { got } = send(transport, origin);
    await wait(40);
    const closing = transport.close();
    const late = send(transport, origin);
    expect(late.got.failed).toMatchObject({ kind: "aborted", sent: false });
    await closing;
    expect([got.text, got.ended]).toEqual(["ab", 1]);
  });
});
