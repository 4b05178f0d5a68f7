import { openapiDocument } from "../assembly/openapi-document.ts";
import { packageVersion } from "../assembly/package-version.ts";
import { findResource } from "../assembly/resource-paths.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { authenticate } from "./authenticate.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import { checkScope } from "./check-rights.ts";
import { checkHost, checkPath, pathOf } from "./check-target.ts";
import { createDialectFinder } from "./find-dialect.ts";
import { writeHealth } from "./health-route.ts";
import { findRequest, requestPathPrefix } from "./request-route.ts";
import { invalidatePath, postInvalidation } from "./invalidate-route.ts";
import { ModelCall } from "./model-call.ts";
import { modelPathPrefix, modelsPath, writeModel, writeModels } from "./model-routes.ts";
import { outcomesPath, postOutcomes } from "./outcome-route.ts";
import { readHead, type RequestHead } from "./read-head.ts";
import { dialectOf, refuse, type Surface } from "./surface.ts";
import { writeJson } from "./write-answer.ts";

/** Answers requests of the traffic listener. */
export function createTrafficRoutes(surface: Surface): (request: CallerRequest, response: CallerResponse) => void {
  const findDialect = createDialectFinder(surface.engine.dialects);
  return (request, response) => {
    const head = readHead(request.rawHeaders);
    const target = request.url ?? "";
    const path = pathOf(target);
    try {
      checkHost(head);
      const called = findDialect(path);
      if (called === null) {
        routeOther(surface, request, response, head, checkPath(target));
        return;
      }
      checkMethod(request, response, "POST");
      checkNotDraining(surface, response);
      void new ModelCall(surface, request, response, head, called).run();
    } catch (error) {
      refuse(surface, request, response, dialectOf(surface, path, head.anthropicVersion), error);
    }
  };
}

/** Paths that call no model. */
function routeOther(
  surface: Surface,
  request: CallerRequest,
  response: CallerResponse,
  head: RequestHead,
  path: string,
): void {
  if (path === "/") {
    checkMethod(request, response, "HEAD");
    response.writeHead(200).end();
    return;
  }
  if (path === "/openapi.json") {
    checkMethod(request, response, "GET");
    writeJson(request, response, 200, openapiDocument(packageVersion()));
    return;
  }
  if (path === "/healthz" || path === "/readyz") {
    checkMethod(request, response, "GET");
    writeHealth(surface, response, path);
    return;
  }
  // Before the models: `/v1/models/ID:countTokens` is none of them.
  if (callResource(surface, request, response, head, path)) return;
  if (path === modelsPath || path.startsWith(modelPathPrefix)) {
    checkMethod(request, response, "GET");
    const identity = authenticate(head, surface.engine.credentials, surface.engine.ownKeysAllowed);
    checkScope(identity, "models");
    if (path === modelsPath) writeModels(surface, request, response, head, identity);
    else writeModel(surface, request, response, head, identity, path.slice(modelPathPrefix.length));
    return;
  }
  const post = path === outcomesPath ? postOutcomes : path === invalidatePath ? postInvalidation : null;
  if (post !== null) {
    checkMethod(request, response, "POST");
    checkNotDraining(surface, response);
    post(surface, request, response, head).catch((error: unknown) =>
      refuse(surface, request, response, dialectOf(surface, path, head.anthropicVersion), error),
    );
    return;
  }
  if (path.startsWith(requestPathPrefix)) {
    checkMethod(request, response, "GET");
    const identity = authenticate(head, surface.engine.credentials, surface.engine.ownKeysAllowed);
    checkScope(identity, "requests");
    const { keyId } = identity;
    const found = findRequest(surface, request, response, path, (record) => record["keyId"] === keyId);
    found.catch((error: unknown) =>
      refuse(surface, request, response, dialectOf(surface, path, head.anthropicVersion), error),
    );
    return;
  }
  const hint = path === "/metrics" ? " Metrics are on the admin listener." : "";
  throw new FarthingError("unknown_path", `There is nothing at this path.${hint}`);
}

/** Passes a call of another resource on; false for a path that is none. */
function callResource(
  surface: Surface,
  request: CallerRequest,
  response: CallerResponse,
  head: RequestHead,
  path: string,
): boolean {
  const found = findResource(request.method ?? "", path);
  if (found === null) return false;
  if ("allowed" in found) {
    response.setHeader("allow", found.allowed.join(", "));
    throw new FarthingError("wrong_method", `Use ${found.allowed.join(" or ")} on this path.`);
  }
  checkNotDraining(surface, response);
  const dialect = surface.engine.dialects[found.dialect];
  const called = { dialect, path: { model: null, stream: null }, resource: found.resource };
  void new ModelCall(surface, request, response, head, called).run();
  return true;
}

/** @throws FarthingError `wrong_method`, with the header that names the right one. */
export function checkMethod(request: CallerRequest, response: CallerResponse, method: "GET" | "HEAD" | "POST"): void {
  if (request.method === method || (method === "GET" && request.method === "HEAD")) return;
  response.setHeader("allow", method);
  throw new FarthingError("wrong_method", `Use ${method} on this path.`);
}

/** @throws FarthingError `shutting_down`, with the header that ends the connection. */
function checkNotDraining(surface: Surface, response: CallerResponse): void {
  if (!surface.draining) return;
  response.setHeader("connection", "close");
  throw new FarthingError("shutting_down", "The gateway is shutting down. Try again in a moment.");
}
