import type { IncomingMessage, ServerResponse } from "node:http";
import { sameSecret } from "../assembly/keyed-digests.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { checkHost, checkPath } from "./check-target.ts";
import { writeHealth } from "./health-route.ts";
import { findRequest, requestPathPrefix } from "./request-route.ts";
import { writeJson, writeWhole } from "./write-answer.ts";
import { readHead, type RequestHead } from "./read-head.ts";
import { refuse, type Surface } from "./surface.ts";
import { checkMethod } from "./traffic-routes.ts";

/** Answers requests of the admin listener: health to anybody, everything else to the admin token only. */
export function createAdminRoutes(surface: Surface): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const refuseWith = (error: unknown): void =>
      refuse(surface, request, response, surface.engine.dialects["openai-chat"], error);
    try {
      const head = readHead(request.rawHeaders);
      checkHost(head);
      const path = checkPath(request.url ?? "");
      checkMethod(request, response, "GET");
      if (path === "/healthz" || path === "/readyz") {
        writeHealth(surface, response, path);
        return;
      }
      // Before the path is looked at: who has no token learns nothing of what is here.
      checkToken(head, surface.engine.adminToken);
      route(surface, request, response, path).catch(refuseWith);
    } catch (error) {
      refuseWith(error);
    }
  };
}

async function route(
  surface: Surface,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const { engine } = surface;
  if (path === "/metrics") {
    const { ledger, configGeneration } = engine.status();
    const text = engine.metrics.render({ ledger, configGeneration, inFlight: surface.openCalls.size });
    const headers = ["content-type", "text/plain; version=0.0.4; charset=utf-8", "cache-control", "no-store"];
    writeWhole(request, response, 200, headers, Buffer.from(text));
  } else if (path === "/v1/farthing/status") {
    writeJson(request, response, 200, {
      ...engine.status(),
      draining: surface.draining,
      openCalls: surface.openCalls.size,
    });
  } else if (path.startsWith(requestPathPrefix)) {
    await findRequest(surface, request, response, path, () => true);
  } else throw new FarthingError("unknown_path", "There is nothing at this path.");
}

/** @throws FarthingError `forbidden` unless the request carries the admin token. */
function checkToken(head: RequestHead, adminToken: string): void {
  const given = /^bearer\s+(\S+)\s*$/i.exec(head.authorization ?? "")?.[1] ?? "";
  if (!head.repeatedCredential && sameSecret(given, adminToken)) return;
  const message = "The admin token is missing or wrong. It is in the file admin-token of the data directory.";
  throw new FarthingError("forbidden", message);
}
