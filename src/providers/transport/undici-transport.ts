import type { NetworkSettings } from "../../spec/config.ts";
import type { CallControl, ProviderCall, ProviderReceiver, Transport } from "../../spec/transport.ts";
import { CoarseTicker } from "./coarse-ticker.ts";
import { OriginPools } from "./origin-pools.ts";
import { TransportCall } from "./transport-call.ts";

/**
 * Calls providers over HTTP/1.1 with undici's lowest interface: no streams, no promises, bytes as they come. A call
 * goes to its endpoint's origin and nowhere else: redirects end it. `close` refuses new calls, lets those under way end
 * and cuts the connections.
 * @param replyBytesMax largest body of one answer, whole or streamed; a larger one is cut with `too-large`
 */
export function createUndiciTransport(
  network: NetworkSettings,
  replyBytesMax: number,
): Transport & { close(): Promise<void> } {
  const pools = new OriginPools(network, replyBytesMax);
  const ticker = new CoarseTicker();
  let closed = false;
  return {
    send(call: ProviderCall, receiver: ProviderReceiver): CallControl {
      const handler = new TransportCall(receiver, call.timeouts, ticker, network.connectionsPerOrigin);
      if (closed) handler.abort();
      else dispatch(pools, call, handler);
      return handler;
    },
    async close(): Promise<void> {
      closed = true;
      // Calls are bounded by their time limits. What is left then is idle, or a connection nobody waits for.
      await ticker.whenEmpty();
      await pools.destroy();
    },
  };
}

function dispatch(pools: OriginPools, call: ProviderCall, handler: TransportCall): void {
  try {
    const { dispatcher, origin, proxied } = pools.get(call.endpoint.origin, call.timeouts.connectMs);
    const headers = proxied ? headersByName(call.headers) : headersOf(call.headers);
    dispatcher.dispatch(
      { origin, path: call.path, method: call.method ?? "POST", headers, body: bodyOf(call) },
      handler,
    );
  } catch (error) {
    // What undici refuses it tells the handler; the proxy agent throws instead.
    handler.fail(error);
  }
}

/** undici does not write to the list; its type only lacks the word. */
function headersOf(headers: readonly string[]): string[] {
  return headers as string[];
}

/** The same headers by name, for the proxy agent, whose own reading of a raw list would keep one of two equal names. */
function headersByName(headers: readonly string[]): Record<string, string | string[]> {
  const byName: Record<string, string | string[]> = Object.create(null);
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? "";
    const value = headers[index + 1] ?? "";
    const earlier = byName[name];
    byName[name] = earlier === undefined ? value : [...(Array.isArray(earlier) ? earlier : [earlier]), value];
  }
  return byName;
}

/** A body of no bytes is none: a GET with a body is refused by many servers. */
function bodyOf({ method, body }: ProviderCall): Uint8Array | null {
  return body.length === 0 && method !== undefined && method !== "POST" ? null : body;
}
