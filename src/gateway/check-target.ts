import { FarthingError } from "../kit/farthing-error.ts";
import type { RequestHead } from "./read-head.ts";

/** A name, an IPv4 address or a bracketed IPv6 address, and a port: nothing that a rebuilt URL could read as a path. */
const hostPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;

/** @throws FarthingError `bad_host` unless there is exactly one Host header and it is plain. */
export function checkHost(head: RequestHead): void {
  if (head.hostCount === 1 && hostPattern.test(head.host)) return;
  const message = head.hostCount > 1 ? "The request has two Host headers." : "The Host header is missing or malformed.";
  throw new FarthingError("bad_host", `${message} Send one, as host or host:port.`, { field: "host" });
}

/** Printable ASCII without what a URL may not hold; escapes are looked at apart. */
const plainPath =
  /^\/(?:[\x21\x24-\x3b\x3d\x40-\x5b\x5d\x5f\x61-\x7a\x7e][\x21\x24-\x3b\x3d\x40-\x5b\x5d\x5f\x61-\x7a\x7e]*)?$/;
/** Dots, slashes and backslashes in disguise. */
const hiddenDelimiter = /%(?:2e|2f|5c|00)/i;

/**
 * The path of a request target: everything before the query, as sent. Routes are looked up by this text and nothing is ever
 * rebuilt from it, so what decides is what was asked.
 * @throws FarthingError `bad_target` for absolute and asterisk forms, `//`, dot segments and their escaped spellings.
 */
export function checkPath(target: string): string {
  const path = pathOf(target);
  const odd =
    !plainPath.test(path) ||
    path.includes("//") ||
    hiddenDelimiter.test(path) ||
    path.split("/").some((segment) => segment === "." || segment === "..");
  if (!odd) return path;
  throw new FarthingError(
    "bad_target",
    "The request target is not a plain path. Send it as /v1/..., without // or dots.",
  );
}

/** One separator, in any spelling and any number, with dot segments in between. */
const anySeparator = /(?:[/\\]|%2f|%5c)+(?:(?:\.|%2e){1,2}(?:[/\\]|%2f|%5c)+)*/gi;

/** Whether `path` stands anywhere in a target that may be malformed; its query does not count. */
export function dialectPathIn(target: string, path: string): boolean {
  const asked = pathOf(target);
  if (asked.startsWith(path)) return true;
  return `/${asked}`.replace(anySeparator, "/").includes(path);
}

/** The target without its query. */
export function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

/** The query of a target with its `?`, or empty. A fragment does not belong into a target; what follows a `#` is dropped. */
export function queryOf(target: string): string {
  const query = target.indexOf("?");
  if (query === -1) return "";
  const fragment = target.indexOf("#", query);
  return fragment === -1 ? target.slice(query) : target.slice(query, fragment);
}
