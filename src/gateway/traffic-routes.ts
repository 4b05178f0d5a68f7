import type { IncomingMessage, ServerResponse } from "node:http";
import { FarthingError } from "../kit/farthing-error.ts";
import type { Dialect } from "../spec/dialect.ts";
import { authenticate } from "./authenticate.ts";
import { checkHost, checkPath, pathOf } from "./check-target.ts";
import { writeHealth } from "./health-route.ts";
import { findRequest, requestPathPrefix } from "./request-route.ts";
import { ModelCall } from "./model-call.ts";
import { modelPathPrefix, modelsPath, writeModel, writeModels } from "./model-routes.ts";
import { readHead, type RequestHead } from "./read-head.ts";
import { dialectOf, refuse, type Surface } from "./surface.ts";

/** Answers requests of the traffic listener. */
export function createTrafficRoutes(surface: Surface): (request: IncomingMessage, response: ServerResponse) => void {
  const { dialects } = surface.engine;
  const dialectByPath = new Map<string, Dialect>(Object.values(dialects).map((dialect) => [dialect.path, dialect]));
  return (request, response) => {
    const head = readHead(request.rawHeaders);
    const target = request.url ?? "";
    const path = pathOf(target);
    try {
      checkHost(head);
      const dialect = dialectByPath.get(path);
      if (dialect === undefined) {
        routeOther(surface, request, response, head, checkPath(target));
        return;
      }
      checkMethod(request, response, "POST");
      checkNotDraining(surface, response);
      void new ModelCall(surface, request, response, head, dialect).run();
    } catch (error) {
      refuse(surface, request, response, dialectOf(surface, path, head.anthropicVersion), error);
    }
  };
}

/** Paths that call no model. */
function routeOther(
  surface: Surface,
  request: IncomingMessage,
  response: ServerResponse,
  head: RequestHead,
  path: string,
): void {
  if (path === "/") {
    checkMethod(request, response, "HEAD");
    response.writeHead(200).end();
    return;
  }
  if (path === "/healthz" || path === "/readyz") {
    checkMethod(request, response, "GET");
    writeHealth(surface, response, path);
    return;
  }
  if (path === modelsPath || path.startsWith(modelPathPrefix)) {
    checkMethod(request, response, "GET");
    const identity = authenticate(head, surface.engine.credentials, surface.engine.ownKeysAllowed);
    if (path === modelsPath) writeModels(surface, request, response, head, identity);
    else writeModel(surface, request, response, head, identity, path.slice(modelPathPrefix.length));
    return;
  }
  if (path.startsWith(requestPathPrefix)) {
    checkMethod(request, response, "GET");
    const { keyId } = authenticate(head, surface.engine.credentials, surface.engine.ownKeysAllowed);
    const found = findRequest(surface, request, response, path, (record) => record["keyId"] === keyId);
    found.catch((error: unknown) =>
      refuse(surface, request, response, dialectOf(surface, path, head.anthropicVersion), error),
    );
    return;
  }
  const hint = path === "/metrics" ? " Metrics are on the admin listener." : "";
  throw new FarthingError("unknown_path", `There is nothing at this path.${hint}`);
}

/** @throws FarthingError `wrong_method`, with the header that names the right one. */
export function checkMethod(request: IncomingMessage, response: ServerResponse, method: "GET" | "HEAD" | "POST"): void {
  if (request.method === method || (method === "GET" && request.method === "HEAD")) return;
  response.setHeader("allow", method);
  throw new FarthingError("wrong_method", `Use ${method} on this path.`);
}

/** @throws FarthingError `shutting_down`, with the header that ends the connection. */
function checkNotDraining(surface: Surface, response: ServerResponse): void {
  if (!surface.draining) return;
  response.setHeader("connection", "close");
  throw new FarthingError("shutting_down", "The gateway is shutting down. Try again in a moment.");
}
