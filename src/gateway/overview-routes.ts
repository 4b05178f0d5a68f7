import type { IncomingMessage, ServerResponse } from "node:http";
import { readDuration } from "../assembly/operation.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { isTimeZone } from "../kit/zoned-time.ts";
import { queryOf } from "./check-target.ts";
import type { Surface } from "./surface.ts";
import { writeJson } from "./write-answer.ts";

/** Where the first screen of the dashboard has its figures. */
export const overviewPath = "/v1/farthing/overview";
/** The latest requests. */
export const latestRequestsPath = "/v1/farthing/requests";

/** Longest window, milliseconds: longer than any ledger is kept by default. */
const windowMsMax = 400 * 86_400_000;
const limitMax = 200;
const limitDefault = 50;

/**
 * Answers with the sums of a window that ends now: `?last=24h&zone=Europe/Berlin`, by default 24 hours and UTC.
 * @throws FarthingError `invalid_request` for another duration or zone.
 */
export async function answerOverview(
  surface: Surface,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const query = new URLSearchParams(queryOf(request.url ?? ""));
  const lastMs = readDuration(query.get("last") ?? "24h");
  if (lastMs === null || lastMs === 0 || lastMs > windowMsMax) {
    const message = "last takes a duration with its unit, 1s to 400d, such as 24h or 7d.";
    throw new FarthingError("invalid_request", message, { field: "last" });
  }
  const zone = query.get("zone") ?? "UTC";
  if (zone.length > 64 || !isTimeZone(zone)) {
    const message = "zone takes a name of the time zone database, such as UTC or Europe/Berlin.";
    throw new FarthingError("invalid_request", message, { field: "zone" });
  }
  const toMs = Math.floor(surface.engine.clock.nowMs());
  const overview = await surface.engine.overview({ fromMs: toMs - lastMs, toMs, zone });
  writeJson(request, response, 200, overview);
}

/**
 * Answers with the newest requests, newest first: `?limit=50`, 1 to 200.
 * @throws FarthingError `invalid_request` for another limit.
 */
export async function answerLatestRequests(
  surface: Surface,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = new URLSearchParams(queryOf(request.url ?? "")).get("limit") ?? String(limitDefault);
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > limitMax) {
    throw new FarthingError("invalid_request", `limit takes a number from 1 to ${limitMax}.`, { field: "limit" });
  }
  writeJson(request, response, 200, await surface.engine.latestRequests(limit));
}
