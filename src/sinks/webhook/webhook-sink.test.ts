import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlertNotice, AlertSink } from "../../spec/alert.ts";
import type { Clock } from "../../spec/clock.ts";
import { createWebhookSink } from "./webhook-sink.ts";

const secret = "0123456789abcdef0123456789abcdef";
const atMs = 1_795_000_000_000;

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

let server: Server;
let port: number;
let seen: Seen[];
/** Status of each answer in turn, the last one for ever; null: no answer. */
let answers: (number | null)[];
let waits: number[];

beforeEach(async () => {
  [seen, answers, waits] = [[], [204], []];
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      seen.push({ headers: request.headers, body, path: request.url ?? "" });
      const status = answers.length > 1 ? answers.shift() : answers[0];
      if (status === null || status === undefined) return;
      const location = `http://127.0.0.1:${port}/elsewhere`;
      response.writeHead(status, status < 400 && status >= 300 ? { location } : {}).end("x".repeat(100_000));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Waits of the sink are over at once; the one for an answer never is, unless a test says so. */
function sinkTo(url = `http://127.0.0.1:${port}/hook?a=b`, answerMs: number | null = null): AlertSink {
  const clock: Clock = {
    nowMs: () => atMs + waits.length * 60_000,
    monotonicUs: () => 0,
    after(delayMs, run) {
      const isAnswer = delayMs === 10_000;
      if (!isAnswer) waits.push(delayMs);
      if (isAnswer && answerMs === null) return () => undefined;
      const timer = setTimeout(run, isAnswer ? (answerMs ?? 0) : 0);
      return () => clearTimeout(timer);
    },
  };
  return createWebhookSink({ url, secret, extraCa: null, clock, random: () => 0 });
}

const notice: AlertNotice = {
  status: "firing",
  sinceMs: atMs,
  atMs,
  id: "unpriced-model:acme/größe:1:1",
  alert: {
    rule: "unpriced-model",
    subject: "acme/größe",
    severity: "warning",
    summary: "acme/größe has no price",
    actual: "no price",
    expected: "a price",
    meaning: "m",
    nextStep: "n",
  },
};

/** What a receiver does, written from docs/reference/alerts.md. */
function isGenuine({ headers, body }: Seen, key: string): boolean {
  const parts = new Map(
    String(headers["x-farthing-signature"])
      .split(",")
      .map((part) => part.split("=") as [string, string]),
  );
  const digest = createHmac("sha256", key)
    .update(`${parts.get("t")}.${body}`)
    .digest();
  return timingSafeEqual(digest, Buffer.from(parts.get("v1") ?? "", "hex"));
}

describe("webhook", () => {
  it("posts the notice, signed so that only the secret's holder could have", async () => {
    await sinkTo().send(notice);
    const [message] = seen;
    expect(message?.path).toBe("/hook?a=b");
    expect(JSON.parse(message?.body ?? "")).toEqual({
      schema: "farthing.alert.v1",
      id: notice.id,
      status: "firing",
      since: new Date(atMs).toISOString(),
      at: new Date(atMs).toISOString(),
      ...notice.alert,
    });
    expect(message?.headers).toMatchObject({ "content-type": "application/json", "user-agent": "farthing-alerts" });
    expect(message?.headers["idempotency-key"]).toMatch(/^[0-9a-f]{32}$/);
    if (message === undefined) return;
    expect(isGenuine(message, secret)).toBe(true);
    expect(isGenuine(message, `${secret}!`)).toBe(false);
    expect(isGenuine({ ...message, body: message.body.replace("firing", "resolved") }, secret)).toBe(false);
    const later = {
      ...message.headers,
      "x-farthing-signature": String(message.headers["x-farthing-signature"]).replace("t=1", "t=2"),
    };
    expect(isGenuine({ ...message, headers: later }, secret)).toBe(false);
  });

  it("tries again what may pass, with the same key, a new time and doubling waits", async () => {
    answers = [500, 503, 429, 408, 200];
    await sinkTo().send(notice);
    expect(seen).toHaveLength(5);
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    expect(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(new Set(seen.map(({ headers }) => headers["x-farthing-signature"])).size).toBe(5);
    expect(seen.every((message) => isGenuine(message, secret))).toBe(true);
  });

  it("gives up after five tries", async () => {
    answers = [500];
    await expect(sinkTo().send(notice)).rejects.toThrow("the receiver answered 500; 5 tries");
    expect(seen).toHaveLength(5);
  });

  it.each([400, 401, 404, 410])("does not try again after %i", async (status) => {
    answers = [status];
    await expect(sinkTo().send(notice)).rejects.toThrow(`the receiver answered ${status}; 1 tries`);
  });

  it.each([301, 302, 307, 308])("follows no %i", async (status) => {
    answers = [status];
    await expect(sinkTo().send(notice)).rejects.toThrow(`the receiver answered ${status}`);
    expect(seen.map(({ path }) => path)).toEqual(["/hook?a=b"]);
  });

  it("waits ten seconds for an answer, no longer", async () => {
    answers = [null];
    await expect(sinkTo(undefined, 20).send(notice)).rejects.toThrow("no answer within 10 s; 5 tries");
  });

  it("says when nobody listens", async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(sinkTo().send(notice)).rejects.toThrow("no connection (ECONNREFUSED); 5 tries");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  it("gives another message another key", async () => {
    const sink = sinkTo();
    await sink.send(notice);
    await sink.send({ ...notice, id: "another" });
    expect(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
  });
});
