import type { Identity } from "../assembly/credentials.ts";
import { type ListedModel, listModels } from "../assembly/list-models.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import { writeJson } from "./write-answer.ts";
import type { RequestHead } from "./read-head.ts";
import type { Surface } from "./surface.ts";

/** The list of models. */
export const modelsPath = "/v1/models";
/** One model, its id behind it. */
export const modelPathPrefix = "/v1/models/";

/** Answers `GET /v1/models` in the shape of the caller's vendor. */
export function writeModels(
  surface: Surface,
  request: CallerRequest,
  response: CallerResponse,
  head: RequestHead,
  identity: Identity,
): void {
  const models = reachableModels(surface, head, identity).map((model) => describe(model, head.anthropicVersion));
  const first = models[0]?.["id"] ?? null;
  const last = models.at(-1)?.["id"] ?? null;
  const list = head.anthropicVersion
    ? { data: models, has_more: false, first_id: first, last_id: last }
    : { object: "list", data: models };
  writeJson(request, response, 200, list);
}

/**
 * Answers `GET /v1/models/{id}`.
 * @throws FarthingError `model_not_found`.
 */
export function writeModel(
  surface: Surface,
  request: CallerRequest,
  response: CallerResponse,
  head: RequestHead,
  identity: Identity,
  escapedId: string,
): void {
  const found = reachableModels(surface, head, identity).find(({ id }) => id === unescaped(escapedId));
  if (found === undefined) {
    const message = "No such model in the list of this gateway. A model may answer all the same; the provider decides.";
    throw new FarthingError("model_not_found", message, { field: "model" });
  }
  writeJson(request, response, 200, describe(found, head.anthropicVersion));
}

function reachableModels(surface: Surface, head: RequestHead, identity: Identity): readonly ListedModel[] {
  const dialect = head.anthropicVersion ? "anthropic-messages" : "openai-chat";
  return listModels(surface.engine.config, dialect, identity.kind);
}

/** When a model was made is not known here; both vendors' clients require a date, so it is the earliest one. */
function describe(model: ListedModel, forAnthropic: boolean): Readonly<Record<string, unknown>> {
  return forAnthropic
    ? { type: "model", id: model.id, display_name: model.id, created_at: "1970-01-01T00:00:00Z" }
    : { id: model.id, object: "model", created: 0, owned_by: model.vendor };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
