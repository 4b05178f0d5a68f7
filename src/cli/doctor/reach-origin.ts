import { request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect as tlsConnect, rootCertificates } from "node:tls";
import { isProxied } from "../../assembly/operation.ts";
import type { NetworkSettings } from "../../spec/config.ts";

/** What came of calling an origin once. */
export type ReachResult =
  | { readonly ok: true; readonly status: number; readonly tookMs: number; readonly dateMs: number | null }
  | { readonly ok: false; readonly reason: string };

/** One request without a body. */
export interface ReachOptions {
  readonly origin: string;
  readonly path: string;
  readonly method: "GET" | "HEAD";
  /** Sent as they are; empty sends no credential. */
  readonly headers: Readonly<Record<string, string>>;
  readonly network: Pick<NetworkSettings, "httpsProxy" | "noProxy" | "extraCa">;
  /** The whole call, 1 to 60,000. */
  readonly waitMsMax: number;
}

/** Calls an origin the way the gateway would: with its proxy and its authorities. Any answer counts, errors too. Never rejects. */
export async function reachOrigin(options: ReachOptions): Promise<ReachResult> {
  const startedMs = performance.now();
  try {
    const { status, dateMs } = await call(options);
    return { ok: true, status, dateMs, tookMs: Math.round(performance.now() - startedMs) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ok: false, reason: code ?? message };
  }
}

async function call(options: ReachOptions): Promise<{ status: number; dateMs: number | null }> {
  const { origin, path, method, headers, network, waitMsMax } = options;
  const url = new URL(path, origin);
  const tunnel = isProxied(origin, network) ? await openTunnel(network.httpsProxy ?? "", url, waitMsMax) : null;
  const ca = network.extraCa === null ? {} : { ca: [...rootCertificates, network.extraCa] };
  const secure =
    tunnel === null ? {} : { createConnection: () => tlsConnect({ socket: tunnel, servername: url.hostname, ...ca }) };
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(waitMsMax);
    const settings: RequestOptions = { method, headers: { ...headers, connection: "close" }, agent: false, signal };
    const request = send(url, { ...settings, ...ca, ...secure }, (response) => {
      const dateMs = Date.parse(response.headers.date ?? "");
      resolve({ status: response.statusCode ?? 0, dateMs: Number.isNaN(dateMs) ? null : dateMs });
      response.destroy();
    });
    request.on("error", (error) => reject(signal.aborted ? new Error(`no answer within ${waitMsMax} ms`) : error));
    request.end();
  });
}

/** A connection to the origin through the proxy. */
function openTunnel(proxy: string, target: URL, waitMsMax: number): Promise<Socket> {
  const url = new URL(proxy);
  const port = target.port === "" ? "443" : target.port;
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const credentials =
    url.username === "" ? {} : { "proxy-authorization": `Basic ${Buffer.from(user).toString("base64")}` };
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const path = `${target.hostname}:${port}`;
    const headers = { host: path, ...credentials };
    const request = send(url, {
      method: "CONNECT",
      path,
      headers,
      agent: false,
      signal: AbortSignal.timeout(waitMsMax),
    });
    request.on("connect", (response, socket) => {
      if (response.statusCode === 200) resolve(socket);
      else reject(new Error(`the proxy answered ${response.statusCode ?? 0}`));
    });
    request.on("response", (response) => reject(new Error(`the proxy answered ${response.statusCode ?? 0}`)));
    request.on("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(`the proxy: ${error.code ?? error.message}`)),
    );
    request.end();
  });
}
