import type { IncomingMessage } from "node:http";
import { sameSecret } from "../assembly/access/keyed-digests.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { AdminSession, AdminSessions } from "./admin-session.ts";
import type { RequestHead } from "./read-head.ts";

/** Who may pass the admin listener. */
export interface AdminGate {
  readonly adminToken: string;
  readonly sessions: AdminSessions;
  readonly nowMs: () => number;
}

/**
 * Lets a request in that carries the admin token, or the cookie of a signed-in browser that its own page sent.
 * A browser adds the cookie to requests of any page, so the cookie alone reads only; to change something takes the header
 * `x-farthing-csrf`, which no other origin's page can set without asking, and here nobody answers such a question.
 * @throws FarthingError `forbidden`.
 */
export function checkAdmin(gate: AdminGate, request: IncomingMessage, head: RequestHead): void {
  if (head.authorization !== null || head.repeatedCredential) {
    checkAdminToken(head, gate.adminToken);
    return;
  }
  if (sessionOf(gate, request) === null) {
    const message = "The admin token is missing or wrong. It is in the file admin-token of the data directory.";
    throw new FarthingError("forbidden", message);
  }
  checkSameOrigin(request, head);
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads && request.headers["x-farthing-csrf"] === undefined) {
    const message = "A signed-in page changes something only with the header x-farthing-csrf: 1. Send it.";
    throw new FarthingError("forbidden", message, { field: "x-farthing-csrf" });
  }
}

/** @throws FarthingError `forbidden` unless the request carries the admin token itself. */
export function checkAdminToken(head: RequestHead, adminToken: string): void {
  const given = /^bearer\s+(\S+)\s*$/i.exec(head.authorization ?? "")?.[1] ?? "";
  if (!head.repeatedCredential && sameSecret(given, adminToken)) return;
  const message = "The admin token is missing or wrong. It is in the file admin-token of the data directory.";
  throw new FarthingError("forbidden", message);
}

/**
 * A browser says where a request comes from: in `Origin` (https://fetch.spec.whatwg.org/#origin-header) and in `Sec-Fetch-Site`
 * (https://www.w3.org/TR/fetch-metadata/). Another port of this machine is the same site and another origin, so SameSite
 * cookies alone would let its pages in.
 * @throws FarthingError `forbidden` for a page of another origin.
 */
export function checkSameOrigin(request: IncomingMessage, head: RequestHead): void {
  const { origin, "sec-fetch-site": site } = request.headers;
  const ownOrigin = origin === undefined || origin === `http://${head.host}` || origin === `https://${head.host}`;
  if (ownOrigin && (site === undefined || site === "same-origin" || site === "none")) return;
  throw new FarthingError("forbidden", "The request comes from a page of another origin. Open this one's own page.");
}

/** The session whose cookie the request carries, or null. */
export function sessionOf(gate: AdminGate, request: IncomingMessage): AdminSession | null {
  const id = cookieOf(request.headers.cookie ?? "", cookieName(request));
  return id === null ? null : gate.sessions.find(id, gate.nowMs());
}

/** `Set-Cookie` that signs a browser in, or out where there is no session. */
export function sessionCookie(request: IncomingMessage, session: AdminSession | null, nowMs: number): string {
  const ageS = session === null ? 0 : Math.max(0, Math.floor((session.expiresAtMs - nowMs) / 1000));
  return `${cookieName(request)}=${session?.id ?? ""}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${ageS}`;
}

/** Browsers send a host's cookies to all its ports: with the port in the name, two gateways of one machine sign nobody out. */
function cookieName(request: IncomingMessage): string {
  return `farthing-admin-${request.socket.localPort ?? 0}`;
}

function cookieOf(header: string, name: string): string | null {
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals !== -1 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return null;
}
