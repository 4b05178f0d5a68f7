import { getCACertificates } from "node:tls";
import { Pool, ProxyAgent, type Dispatcher } from "undici";
import type { NetworkSettings } from "../../spec/config.ts";
import { goesThroughProxy } from "./proxy-rules.ts";

/** Most pools kept; beyond it the one opened first is drained and closed. Reloads of the config may leave some unused. */
const poolsMax = 256;
/** The receiver stops an answer that is too large; this much beyond its limit we stop it ourselves. */
const replySlackBytes = 1024 * 1024;

/** The connections to one origin. */
export interface OriginPool {
  readonly dispatcher: Dispatcher;
  /** Sent with every call: a proxy agent serves many origins. */
  readonly origin: string;
  /** A proxy agent takes headers by name, a pool takes them raw. */
  readonly proxied: boolean;
}

/**
 * Pools by origin and connect time-out. The time-out is part of the key because undici binds it to the pool; routes
 * with different ones hold connections of their own.
 */
export class OriginPools {
  readonly #network: NetworkSettings;
  readonly #replyBytesMax: number;
  readonly #pools = new Map<string, OriginPool>();
  readonly #closing = new Set<Promise<void>>();
  readonly #ca: string[] | null;

  constructor(network: NetworkSettings, replyBytesMax: number) {
    this.#network = network;
    this.#replyBytesMax = replyBytesMax;
    // "default" is what Node trusts by itself, NODE_EXTRA_CA_CERTS included.
    this.#ca = network.extraCa === null ? null : [...getCACertificates("default"), network.extraCa];
  }

  get(origin: string, connectMs: number): OriginPool {
    const key = `${connectMs} ${origin}`;
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const [oldest] = this.#pools.keys();
    if (this.#pools.size >= poolsMax && oldest !== undefined) this.#retire(oldest);
    const pool = this.#open(origin, connectMs);
    this.#pools.set(key, pool);
    return pool;
  }

  /** Refuses new calls, lets those under way end, closes the connections. */
  async close(): Promise<void> {
    for (const key of this.#pools.keys()) this.#retire(key);
    await Promise.all(this.#closing);
  }

  #retire(key: string): void {
    const pool = this.#pools.get(key);
    this.#pools.delete(key);
    if (pool === undefined) return;
    const closed = pool.dispatcher.close().finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }

  #open(origin: string, connectMs: number): OriginPool {
    const { httpsProxy, noProxy, connectionsPerOrigin } = this.#network;
    const trust = this.#ca === null ? {} : { ca: this.#ca };
    // All time limits are ours (see TransportCall): undici's defaults of 300 s would cut long generations.
    const options = {
      connections: connectionsPerOrigin,
      connectTimeout: connectMs,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: this.#replyBytesMax + replySlackBytes,
      // One call a connection: an HTTP/2 session would share its fate, and its flow control, among many callers.
      allowH2: false,
      pipelining: 1,
    };
    if (httpsProxy !== null && goesThroughProxy(origin, noProxy)) {
      const agent = new ProxyAgent({ ...options, uri: httpsProxy, requestTls: trust, proxyTls: trust });
      return { dispatcher: agent, origin, proxied: true };
    }
    return { dispatcher: new Pool(origin, { ...options, connect: trust }), origin, proxied: false };
  }
}
