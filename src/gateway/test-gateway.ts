import { stageCache } from "../testing/stage-context.ts";
import { mkdtempSync, rmSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineOptions } from "../assembly/engine.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { Route } from "../spec/route.ts";
import type { Endpoint } from "../spec/target.ts";
import { noQuirks } from "../spec/quirks.ts";
import { createMemoryLedger, type MemoryLedger } from "../stores/memory/test-ledger.ts";
import { type RunningGateway, startGateway } from "./server.ts";

/** A call as the upstream saw it. */
export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** When its connection or answer was closed; null while open. */
  closedAtMs: number | null;
}

/** Answers one call of the upstream. */
export type Answer = (call: SeenCall, response: ServerResponse) => void;

/** A provider of the test's own. */
export interface Upstream {
  readonly origin: string;
  readonly calls: SeenCall[];
  answer: Answer;
  close(): Promise<void>;
}

export const chatReply: { readonly [field: string]: unknown } = {
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: "hi" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
};

export const messagesReply: { readonly [field: string]: unknown } = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5",
  content: [{ type: "text", text: "hi" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 10, output_tokens: 1 },
};

/** Answers with the usual reply of the path's dialect. */
export const usualAnswer: Answer = (call, response) => {
  const reply = call.url.includes("/messages") ? messagesReply : chatReply;
  response.writeHead(200, { "content-type": "application/json", "x-request-id": "req_1" }).end(JSON.stringify(reply));
};

export async function startUpstream(): Promise<Upstream> {
  const calls: SeenCall[] = [];
  const upstream: { answer: Answer } = { answer: usualAnswer };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", url = "", rawHeaders: headers } = request;
      const call: SeenCall = { method, url, headers, body: Buffer.concat(pieces), closedAtMs: null };
      calls.push(call);
      response.on("close", () => (call.closedAtMs = performance.now()));
      upstream.answer(call, response);
    });
  });
  const origin = await listening(server);
  return {
    origin,
    calls,
    get answer() {
      return upstream.answer;
    },
    set answer(answer) {
      upstream.answer = answer;
    },
    close: () => closed(server),
  };
}

/** A gateway before an upstream, with a ledger in memory. */
export interface TestGateway {
  readonly gateway: RunningGateway;
  readonly upstream: Upstream;
  readonly ledger: MemoryLedger;
  readonly log: object[];
  readonly port: number;
  readonly adminPort: number;
  readonly config: FarthingConfig;
  stop(): Promise<void>;
}

/** What a test changes of the usual gateway. */
export interface TestGatewayOptions {
  readonly config?: Partial<FarthingConfig>;
  readonly route?: Partial<Route>;
  readonly endpoint?: Partial<Endpoint>;
  readonly engine?: Partial<EngineOptions>;
  readonly writeStallMs?: number;
}

/** Starts an upstream and a gateway whose two dialects both lead to it. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const upstream = await startUpstream();
  const dataDirectory = options.config?.dataDirectory ?? mkdtempSync(join(tmpdir(), "farthing-gateway-"));
  const config = testConfig(upstream.origin, dataDirectory, options);
  const ledger = createMemoryLedger();
  const log: object[] = [];
  const gateway = await startGateway({
    config,
    engineOptions: { ledger, ...options.engine },
    log: (line) => log.push(line),
    ...(options.writeStallMs === undefined ? {} : { writeStallMs: options.writeStallMs }),
  });
  return {
    gateway,
    upstream,
    ledger,
    log,
    port: gateway.traffic.port,
    adminPort: gateway.admin.port,
    config,
    stop: async () => {
      await gateway.close();
      await upstream.close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** A config that reaches `origin` and nothing else. */
export function testConfig(origin: string, dataDirectory: string, options: TestGatewayOptions = {}): FarthingConfig {
  const common = { origin, basePath: "", quirks: noQuirks, serverKey: null };
  const openai: Endpoint = {
    ...common,
    id: "openai",
    vendor: "openai",
    dialects: ["openai-chat"],
    keyHeader: "authorization",
    keyPrefix: "Bearer ",
    requestIdHeader: "x-request-id",
    ...options.endpoint,
  };
  const anthropic: Endpoint = {
    ...common,
    id: "anthropic",
    vendor: "anthropic",
    dialects: ["anthropic-messages"],
    keyHeader: "x-api-key",
    keyPrefix: "",
    requestIdHeader: "request-id",
    ...options.endpoint,
  };
  return {
    generation: 1,
    file: null,
    traffic: { host: "127.0.0.1", port: 0 },
    admin: { host: "127.0.0.1", port: 0 },
    dataDirectory,
    endpoints: [openai, anthropic],
    defaultEndpoints: { "openai-chat": "openai", "anthropic-messages": "anthropic" },
    routes: [testRoute(options.route)],
    limits: { bodyBytesMax: 65_536, jsonDepthMax: 64, replyBytesMax: 134_217_728, inFlightMax: 100 },
    ledger: { durability: "strict", syncWaitMsMax: 250, spoolRowsMax: 1000, retentionDays: 400 },
    network: { httpsProxy: null, noProxy: [], extraCa: null, connectionsPerOrigin: 64 },
    drainMs: 1000,
    ...options.config,
  };
}

/** A route that matches everything, with every optimisation off. */
export function testRoute(changes: Partial<Route> = {}): Route {
  return {
    name: "default",
    match: {},
    compliance: false,
    storeBodies: false,
    exactCache: stageCache(),
    addStreamUsage: false,
    coalesce: { enabled: false },
    rules: [],
    retry: { enabled: false, attemptsMax: 1, backoffMs: 1, backoffMsMax: 10, retryAmbiguous: false },
    timeouts: { connectMs: 2000, firstByteMs: 5000, idleMs: 5000, totalMs: 10_000 },
    abort: { mode: "cut", drainMsMax: 1000, drainBytesMax: 65_536 },
    ...changes,
  };
}

/** An answer as the caller got it. */
export interface GotAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** The body as JSON. */
  json(): Record<string, unknown>;
  readonly text: string;
}

/** A request of a test. */
export interface TestRequest {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn; the key and the content type are added where the names are not given. */
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
}

/** Sends a request, by default a chat call with an own key, and waits for the whole answer. */
export function send(port: number, wanted: TestRequest = {}): Promise<GotAnswer> {
  return new Promise((resolve, reject) => {
    const { method = "POST", path = "/v1/chat/completions" } = wanted;
    const body = wanted.body ?? (method === "POST" ? JSON.stringify(chatRequest()) : "");
    const headers = ["host", `127.0.0.1:${port}`, ...withDefaults(wanted.headers ?? [], method)];
    const outgoing = httpRequest({ port, host: "127.0.0.1", method, path, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => resolve(gotAnswer(response, Buffer.concat(pieces))));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function gotAnswer(response: IncomingMessage, body: Buffer): GotAnswer {
  const text = body.toString();
  const json = (): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;
  return { status: response.statusCode ?? 0, headers: response.headers, body, json, text };
}

function withDefaults(headers: readonly string[], method: string): string[] {
  const names = new Set(headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  const all = [...headers];
  if (!names.has("authorization") && !names.has("x-api-key")) all.push("authorization", "Bearer sk-own");
  if (!names.has("content-type") && method === "POST") all.push("content-type", "application/json");
  return all;
}

/** The body of a small chat call. */
export function chatRequest(changes: object = {}): object {
  return { model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }], ...changes };
}

/** Sends bytes as they are and returns everything that comes back until the other side closes, or `waitMs` is over. */
export function sendRaw(port: number, text: string, waitMs = 1500): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const pieces: Buffer[] = [];
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(pieces).toString("latin1"));
    };
    const timer = setTimeout(finish, waitMs);
    socket.on("data", (piece) => pieces.push(Buffer.from(piece)));
    socket.on("close", finish);
    socket.on("error", finish);
    socket.write(text, "latin1");
  });
}

/** Waits until `holds`, at most `waitMs`. */
export async function until(holds: () => boolean, waitMs = 3000): Promise<void> {
  const endMs = performance.now() + waitMs;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`Not within ${waitMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
