import type { IncomingMessage, ServerResponse } from "node:http";
import { FarthingError } from "../kit/farthing-error.ts";
import type { ListenAddress } from "../spec/config.ts";
import { createAdminAssets } from "./admin-assets.ts";
import { createAdminEvents, eventsPath } from "./admin-events.ts";
import { type AdminGate, checkAdmin, sessionOf } from "./admin-session-cookie.ts";
import { answerSession, sessionPath } from "./admin-session-routes.ts";
import { createAdminSessions } from "./admin-session.ts";
import { checkHost, checkPath } from "./check-target.ts";
import { writeHealth } from "./health-route.ts";
import { answerLatestRequests, answerOverview, latestRequestsPath, overviewPath } from "./overview-routes.ts";
import { readHead, type RequestHead } from "./read-head.ts";
import { findRequest, requestPathPrefix } from "./request-route.ts";
import { refuse, type Surface } from "./surface.ts";
import { checkMethod } from "./traffic-routes.ts";
import { writeJson, writeWhole } from "./write-answer.ts";

/** Answers one request that was let in. */
type AdminRoute = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> | void;

/**
 * Answers requests of the admin listener: health and the dashboard's files to anybody, everything else to the admin token or to a
 * browser that showed it. `traffic` is where the other listener really listens.
 */
export function createAdminRoutes(
  surface: Surface,
  traffic: ListenAddress,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { engine } = surface;
  const assets = createAdminAssets();
  const gate: AdminGate = {
    adminToken: engine.adminToken,
    sessions: createAdminSessions(),
    nowMs: () => engine.clock.nowMs(),
  };
  const reads = readRoutes(surface, gate, traffic);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const head = readHead(request.rawHeaders);
    checkHost(head);
    const path = checkPath(request.url ?? "");
    if (answerOpenly(path, request, response, head)) return;
    // Before the path is looked at: who has no token learns nothing of what is here.
    checkAdmin(gate, request, head);
    checkMethod(request, response, "GET");
    const route = reads.get(path);
    if (route !== undefined) await route(request, response, path);
    else if (path.startsWith(requestPathPrefix)) await findRequest(surface, request, response, path, () => true);
    else throw new FarthingError("unknown_path", "There is nothing at this path.");
  };
  /** What tells nothing of the traffic. */
  const answerOpenly = (
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    head: RequestHead,
  ): boolean => {
    if (path === sessionPath) answerSession(gate, request, response, head);
    else if (path === "/healthz" || path === "/readyz" || assets.holds(path)) {
      checkMethod(request, response, "GET");
      if (path === "/healthz" || path === "/readyz") writeHealth(surface, response, path);
      else assets.answer(request, response, path);
    } else return false;
    return true;
  };
  return (request, response) => {
    answer(request, response).catch((error: unknown) =>
      refuse(surface, request, response, engine.dialects["openai-chat"], error),
    );
  };
}

/** What is read at a path of its own. */
function readRoutes(surface: Surface, gate: AdminGate, traffic: ListenAddress): ReadonlyMap<string, AdminRoute> {
  const { engine } = surface;
  const events = createAdminEvents(surface);
  return new Map<string, AdminRoute>([
    ["/metrics", (request, response) => writeMetrics(surface, request, response)],
    [
      "/v1/farthing/status",
      (request, response) =>
        writeJson(request, response, 200, {
          ...engine.status(),
          draining: surface.draining,
          openCalls: surface.openCalls.size,
          traffic,
        }),
    ],
    [overviewPath, (request, response) => answerOverview(surface, request, response)],
    [latestRequestsPath, (request, response) => answerLatestRequests(surface, request, response)],
    [
      eventsPath,
      (request, response) =>
        events.answer(
          request,
          response,
          // A token does not expire; a session does.
          () => request.headers.authorization !== undefined || sessionOf(gate, request) !== null,
        ),
    ],
  ]);
}

async function writeMetrics(surface: Surface, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { engine } = surface;
  const { ledger, configGeneration } = engine.status();
  const budgets = await scrapedBudgets(surface);
  const text = engine.metrics.render({ ledger, configGeneration, inFlight: surface.openCalls.size, budgets });
  const headers = ["content-type", "text/plain; version=0.0.4; charset=utf-8", "cache-control", "no-store"];
  writeWhole(request, response, 200, headers, Buffer.from(text));
}

/** A scrape is answered without the budgets where their balances cannot be read. */
async function scrapedBudgets({
  engine,
}: Surface): Promise<readonly { readonly name: string; readonly limit: bigint; readonly used: bigint }[]> {
  const lines = await engine.budgets().catch(() => []);
  return lines
    .filter(({ budget }) => budget.measure === "usd")
    .map(({ budget: { name, limit }, spent, held }) => ({ name, limit, used: spent + held }));
}
