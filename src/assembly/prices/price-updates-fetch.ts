import { FarthingError } from "../../kit/farthing-error.ts";
import { createUndiciTransport } from "../../providers/transport/undici-transport.ts";
import type { NetworkSettings } from "../../spec/config.ts";
import { noQuirks } from "../../spec/quirks.ts";
import type { Endpoint } from "../../spec/target.ts";
import type { ProviderReceiver } from "../../spec/transport.ts";

const timeouts = { connectMs: 10_000, firstByteMs: 30_000, idleMs: 30_000, totalMs: 60_000 };

/**
 * Fetches a price file: https, or http from this machine; no redirect is followed, no key is sent, and what is larger than
 * `bytesMax` is cut. Through the config's proxy, with its authorities.
 * @throws FarthingError `invalid_request` for an address that is not taken, `upstream_broken` for anything but a 200.
 */
export async function fetchPriceFile(address: string, network: NetworkSettings, bytesMax: number): Promise<Uint8Array> {
  const url = addressOf(address);
  const transport = createUndiciTransport(network, bytesMax);
  try {
    return await new Promise((resolve, reject) => {
      const headers = ["accept", "application/json, application/yaml, text/yaml, */*"];
      const call = { endpoint: endpointOf(url), method: "GET", path: url.pathname + url.search, headers, timeouts };
      const control = transport.send({ ...call, body: new Uint8Array() }, receiverOf(url, resolve, reject));
      // The longest that all of it may take; a server that drips would else be waited for.
      setTimeout(() => control.abort(), timeouts.totalMs).unref();
    });
  } finally {
    await transport.close();
  }
}

function addressOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null) throw new FarthingError("invalid_request", `${address} is not an address.`);
  if (url.username !== "" || url.password !== "")
    throw new FarthingError("invalid_request", "The address holds a password. Fetch the file yourself and name it.");
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && isHere)) return url;
  const message = `Prices are fetched by https only, or by http from this machine, not from ${url.protocol}//${url.host}.`;
  throw new FarthingError("invalid_request", message);
}

function endpointOf({ origin }: URL): Endpoint {
  return {
    id: "prices",
    vendor: "prices",
    origin,
    basePath: "",
    dialects: [],
    keyHeader: "authorization",
    keyPrefix: "",
    requestIdHeader: "x-request-id",
    quirks: noQuirks,
    serverKey: null,
  };
}

function receiverOf(
  { host }: URL,
  resolve: (bytes: Uint8Array) => void,
  reject: (error: FarthingError) => void,
): ProviderReceiver {
  const chunks: Uint8Array[] = [];
  let status = 0;
  const refuse = (what: string): void =>
    reject(new FarthingError("upstream_broken", `${host} ${what}. The prices in force stay as they are.`));
  return {
    start: (answered) => (status = answered),
    chunk: (bytes) => {
      chunks.push(bytes.slice());
      return true;
    },
    end: () => (status === 200 ? resolve(Buffer.concat(chunks)) : refuse(`answered ${status}`)),
    failure: ({ kind, message }) =>
      refuse(kind === "redirect" ? "answered with a redirect, which is not followed" : `gave no file: ${message}`),
  };
}
