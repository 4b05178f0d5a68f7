import type { CallerResponse } from "./caller.ts";
import type { Surface } from "./surface.ts";

/** Answers `/healthz` (the process runs) and `/readyz` (it takes calls). */
export function writeHealth(surface: Surface, response: CallerResponse, path: "/healthz" | "/readyz"): void {
  const status = path === "/readyz" && surface.draining ? "draining" : "ok";
  const body = JSON.stringify({ status });
  const headers = [
    "content-type",
    "application/json",
    "cache-control",
    "no-store",
    "content-length",
    String(body.length),
  ];
  response.writeHead(status === "ok" ? 200 : 503, headers);
  response.end(body);
}
