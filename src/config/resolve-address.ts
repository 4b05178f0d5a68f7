import type { ListenAddress } from "../spec/config.ts";

/**
 * Reads `host:port`, `[::1]:port`, `:port` or `port`; null when the text is none of these. Without a host it is
 * 127.0.0.1: listening on every interface has to be asked for by name (0.0.0.0 or [::]).
 */
export function parseAddress(text: string): ListenAddress | null {
  const match = /^(?:(\[[0-9A-Fa-f:.%a-z]+\]|[A-Za-z0-9.-]*):)?(\d{1,5})$/.exec(text.trim());
  if (match === null) return null;
  const port = Number(match[2]);
  const host = (match[1] ?? "").replaceAll(/[[\]]/g, "");
  return port > 65_535 ? null : { host: host === "" ? "127.0.0.1" : host, port };
}

/** The text that `parseAddress` reads back. */
export function formatAddress(address: ListenAddress): string {
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** True for addresses that only this machine reaches. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replaceAll(/[[\]]/g, "");
  return plain === "localhost" || plain.endsWith(".localhost") || plain === "::1" || /^127\.\d+\.\d+\.\d+$/.test(plain);
}
