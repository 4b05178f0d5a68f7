import { getCACertificates } from "node:tls";
import { Client, Pool, ProxyAgent, type Dispatcher } from "undici";
import type { NetworkSettings } from "../../spec/config.ts";
import { goesThroughProxy } from "./proxy-rules.ts";
import { TransportCall } from "./transport-call.ts";

/** Most pools kept; beyond it the one opened first is drained and closed. Reloads of the config may leave some unused. */
const poolsMax = 256;

/**
 * Bytes a connection reads ahead while its reader pauses. undici's own 64 KiB let a stalled stream hold two network
 * buffers instead of one.
 */
const readAheadBytes = 16 * 1024;

/** One connection that tells a call when it has been given to it: until then the call waits for a free one. */
class CallConnection extends Client {
  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (handler instanceof TransportCall) handler.connecting();
    return super.dispatch(options, handler);
  }
}

const openConnection = (origin: URL, given: object): Dispatcher => new CallConnection(origin, given);

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

  /** Cuts every connection, those still being made included. */
  async destroy(): Promise<void> {
    const dispatchers = [...this.#pools.values()].map((pool) => pool.dispatcher);
    this.#pools.clear();
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
  }

  /** Lets calls under way end, then closes the connections; nobody waits for it. */
  #retire(key: string): void {
    void this.#pools.get(key)?.dispatcher.close();
    this.#pools.delete(key);
  }

  #open(origin: string, connectMs: number): OriginPool {
    const { httpsProxy, noProxy, connectionsPerOrigin } = this.#network;
    const trust = { highWaterMark: readAheadBytes, ...(this.#ca === null ? {} : { ca: this.#ca }) };
    // All time limits are ours (see TransportCall): undici's defaults of 300 s would cut long generations.
    const options = {
      connections: connectionsPerOrigin,
      connectTimeout: connectMs,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: this.#replyBytesMax,
      // One call a connection: an HTTP/2 session would share its fate, and its flow control, among many callers.
      allowH2: false,
      pipelining: 1,
    };
    if (httpsProxy !== null && goesThroughProxy(origin, noProxy)) {
      const agent = new ProxyAgent({
        ...options,
        uri: httpsProxy,
        requestTls: trust,
        proxyTls: trust,
        factory: (target: URL, given: object) => new Pool(target, { ...given, factory: openConnection }),
        // Connections to the proxy itself; a tunnel that is not granted in time must not be waited for.
        clientFactory: (proxy, given) => new Pool(proxy, { ...given, headersTimeout: connectMs, allowH2: false }),
      });
      return { dispatcher: agent, origin, proxied: true };
    }
    const pool = new Pool(origin, { ...options, connect: trust, factory: openConnection });
    return { dispatcher: pool, origin, proxied: false };
  }
}
