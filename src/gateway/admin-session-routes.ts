import type { IncomingMessage, ServerResponse } from "node:http";
import { type AdminGate, checkAdminToken, checkSameOrigin, sessionCookie, sessionOf } from "./admin-session-cookie.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { RequestHead } from "./read-head.ts";
import { writeJson } from "./write-answer.ts";

/** Where a browser signs in and out. */
export const sessionPath = "/v1/farthing/session";

/**
 * `POST` with the admin token as bearer signs a browser in: its cookie stands for the token, because an EventSource sends no headers
 * and a token in a page's storage can be read by whatever runs there. `GET` tells whether it is in, `DELETE` signs it out.
 * @throws FarthingError `forbidden`, `wrong_method`.
 */
export function answerSession(
  gate: AdminGate,
  request: IncomingMessage,
  response: ServerResponse,
  head: RequestHead,
): void {
  const nowMs = gate.nowMs();
  checkSameOrigin(request, head);
  if (request.method === "POST") {
    checkAdminToken(head, gate.adminToken);
    const session = gate.sessions.open(nowMs);
    response.setHeader("set-cookie", sessionCookie(request, session, nowMs));
    writeJson(request, response, 200, { signedIn: true, expiresAtMs: session.expiresAtMs });
  } else if (request.method === "GET" || request.method === "HEAD") {
    const session = sessionOf(gate, request);
    writeJson(request, response, 200, { signedIn: session !== null, expiresAtMs: session?.expiresAtMs ?? null });
  } else if (request.method === "DELETE") {
    if (request.headers["x-farthing-csrf"] === undefined) {
      const message = "Signing out takes the header x-farthing-csrf: 1, so that no other page can do it. Send it.";
      throw new FarthingError("forbidden", message, { field: "x-farthing-csrf" });
    }
    const session = sessionOf(gate, request);
    if (session !== null) gate.sessions.end(session.id);
    response.setHeader("set-cookie", sessionCookie(request, null, nowMs));
    writeJson(request, response, 200, { signedIn: false, expiresAtMs: null });
  } else {
    response.setHeader("allow", "GET, POST, DELETE");
    throw new FarthingError("wrong_method", "Use GET, POST or DELETE on this path.");
  }
}
