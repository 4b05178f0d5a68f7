import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { testCertificate, testKey } from "./test-certificate.ts";
import { cleanUp, cleanups, listen, send, transportWith } from "./test-transport.ts";

afterEach(cleanUp);

/** An https server that echoes the headers it got. */
async function serveTls(): Promise<string> {
  const server = createTlsServer(
    { cert: testCertificate, key: testKey },
    (request: IncomingMessage, response: ServerResponse) => {
      response.end(JSON.stringify(request.rawHeaders));
    },
  );
  return (await listen(server)).replace("http:", "https:");
}

interface Proxy {
  readonly url: string;
  /** What was asked of it: `CONNECT host:port`, with the proxy credentials if any. */
  readonly asked: string[];
}

/** A proxy that opens tunnels, or refuses with a status. */
async function serveProxy(refusal: number | null): Promise<Proxy> {
  const asked: string[] = [];
  const tunnels = new Set<Socket>();
  const server = createHttpServer((_request, response) => {
    asked.push("not a tunnel");
    response.end();
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    asked.push(
      [`CONNECT ${request.url}`, request.headers["proxy-authorization"], request.headers.authorization]
        .filter(Boolean)
        .join(" "),
    );
    tunnels.add(client);
    client.on("error", () => undefined);
    if (refusal !== null) {
      client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      return;
    }
    const [host, port] = (request.url ?? "").split(":");
    const upstream = connect(Number(port), host, () => client.write("HTTP/1.1 200 Connection established\r\n\r\n"));
    tunnels.add(upstream);
    upstream.on("error", () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  cleanups.push(() => tunnels.forEach((socket) => socket.destroy()));
  return { url: await listen(server), asked };
}

describe("certificates", () => {
  test("of an unknown authority are refused before anything is sent", async () => {
    const { got } = send(transportWith(), await serveTls());
    await got.over;
    expect(got.failed).toMatchObject({ kind: "connect", sent: false });
    expect(got.failed?.message).toMatch(/SELF_SIGNED|UNABLE_TO_VERIFY/);
  });

  test("of an extra authority are trusted", async () => {
    const { got } = send(transportWith({ extraCa: testCertificate }), await serveTls());
    await got.over;
    expect([got.failed, got.status]).toEqual([undefined, 200]);
  });

  test("for another host are refused all the same", async () => {
    const origin = (await serveTls()).replace("127.0.0.1", "127.0.0.2");
    const { got } = send(transportWith({ extraCa: testCertificate }), origin);
    await got.over;
    expect(got.failed).toMatchObject({ kind: "connect", sent: false });
  });
});

describe("a proxy", () => {
  test("tunnels https, sees no key, and headers given twice arrive twice", async () => {
    const origin = await serveTls();
    const proxy = await serveProxy(null);
    const transport = transportWith({ extraCa: testCertificate, httpsProxy: proxy.url.replace("//", "//user:word@") });
    const headers = ["authorization", "Bearer sk-canary", "anthropic-beta", "one", "anthropic-beta", "two"];
    for (let turn = 0; turn < 2; turn += 1) {
      const { got } = send(transport, origin, {}, headers);
      await got.over;
      expect(got.failed).toBeUndefined();
      const seen = JSON.parse(got.text) as string[];
      expect(seen.filter((part) => part === "anthropic-beta").length).toBe(2);
      expect(seen).toEqual(expect.arrayContaining(["Bearer sk-canary", "one", "two"]));
    }
    expect(proxy.asked.length).toBeGreaterThan(0);
    const credentials = Buffer.from("user:word").toString("base64");
    for (const line of proxy.asked) expect(line).toBe(`CONNECT ${new URL(origin).host} Basic ${credentials}`);
  });

  test("is passed by where NO_PROXY says so, and for http", async () => {
    const proxy = await serveProxy(null);
    const transport = transportWith({ extraCa: testCertificate, httpsProxy: proxy.url, noProxy: ["127.0.0.1"] });
    const plain = await listen(createHttpServer((_request, response) => response.end("plain")));
    for (const origin of [await serveTls(), plain]) {
      const { got } = send(transport, origin);
      await got.over;
      expect(got.failed).toBeUndefined();
    }
    expect(proxy.asked).toEqual([]);
  });

  test.each([403, 407])("that answers %i: not sent", async (status) => {
    const proxy = await serveProxy(status);
    const transport = transportWith({
      extraCa: testCertificate,
      httpsProxy: proxy.url.replace("//", "//user:canary@"),
    });
    const { got } = send(transport, await serveTls());
    await got.over;
    expect(got.failed).toMatchObject({ kind: "connect", sent: false });
    expect(JSON.stringify(got.failures)).not.toContain("canary");
  });

  test("that is not there: not sent", async () => {
    const transport = transportWith({ httpsProxy: "http://127.0.0.1:1" });
    const { got } = send(transport, await serveTls());
    await got.over;
    expect(got.failed).toMatchObject({ kind: "connect", sent: false });
  });

  test("that goes away silently is bounded by the connect time-out", async () => {
    const silent = createHttpServer();
    silent.on("connect", () => undefined);
    const transport = transportWith({ httpsProxy: await listen(silent) });
    const { got } = send(transport, await serveTls(), { connectMs: 200 });
    await got.over;
    expect(got.failed).toMatchObject({ kind: "connect-timeout", sent: false });
  });
});
