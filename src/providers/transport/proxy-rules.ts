/**
 * True when an origin is reached through the proxy: https only, and not named by the list. An entry is a host name, a
 * suffix that starts with a dot (the bare domain included), either with an optional port, or `*` for everything.
 */
export function goesThroughProxy(origin: string, noProxy: readonly string[]): boolean {
  const url = new URL(origin);
  if (url.protocol !== "https:") return false;
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, "");
  const port = url.port === "" ? "443" : url.port;
  return !noProxy.some((entry) => isNamed(entry.trim().toLowerCase(), host, port));
}

function isNamed(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const withPort = /^(.*?):([0-9]{1,5})$/.exec(entry);
  // An address of version 6 holds colons of its own: only one colon divides host and port.
  const divided = withPort !== null && !withPort[1]?.includes(":");
  if (divided && withPort[2] !== port) return false;
  const name = (divided ? (withPort[1] ?? "") : entry).replace(/^\*\./, ".").replace(/^\[|\]$/g, "");
  if (name === "") return false;
  return name.startsWith(".") ? host.endsWith(name) || host === name.slice(1) : host === name;
}
