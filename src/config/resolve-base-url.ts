import { isLoopback } from "./resolve-address.ts";

/** A provider's address, or what is wrong with it. */
export type BaseUrlResult =
  | { readonly ok: true; readonly origin: string; readonly basePath: string }
  | { readonly ok: false; readonly message: string; readonly fix: string };

/**
 * Takes a provider's address apart. Keys are bound to the origin, so it must be https unless it stays on this machine
 * or the operator allows otherwise. A `/v1` at the end is taken off: every dialect's own path begins with it.
 */
export function resolveBaseUrl(text: string, allowHttp: boolean): BaseUrlResult {
  if (!URL.canParse(text)) return wrong("is not a URL", "Write it in full, such as https://api.openai.com.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return wrong("is not an https URL", "Write https://...");
  if (url.username !== "" || url.password !== "") {
    return wrong(
      "holds a user name or password",
      "Take it out; the key belongs in key: ${VARIABLE} or key: file:/path.",
    );
  }
  if (url.search !== "" || url.hash !== "" || text.includes("?") || text.includes("#")) {
    return wrong("holds a query or fragment", "Keep only scheme, host, port and path.");
  }
  if (url.protocol === "http:" && !allowHttp && !isLoopback(url.hostname)) {
    return wrong(
      "is not https, so keys would travel unencrypted",
      "Use https://, or add allowHttp: true if you accept that.",
    );
  }
  // The dot-segments of a path are folded by URL already.
  const basePath = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, "");
  return { ok: true, origin: url.origin, basePath };
}

function wrong(message: string, fix: string): BaseUrlResult {
  return { ok: false, message, fix };
}
