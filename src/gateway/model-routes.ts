import type { Identity } from "../assembly/access/credentials.ts";
import { type ListedModel, listModels } from "../assembly/list-models.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { allowsModel } from "./check-rights.ts";
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
  const shape = shapeOf(head);
  const models = reachableModels(surface, shape, identity).map((model) => describe(model, shape));
  if (shape === "gemini") {
    writeJson(request, response, 200, { models });
    return;
  }
  const first = models[0]?.["id"] ?? null;
  const last = models.at(-1)?.["id"] ?? null;
  const list =
    shape === "anthropic-messages"
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
  const shape = shapeOf(head);
  const found = reachableModels(surface, shape, identity).find(({ id }) => id === unescaped(escapedId));
  if (found === undefined) {
    const message = "No such model in the list of this gateway. A model may answer all the same; the provider decides.";
    throw new FarthingError("model_not_found", message, { field: "model" });
  }
  writeJson(request, response, 200, describe(found, shape));
}

/** Dialects whose clients list models, each in a shape of its own. */
type ListShape = "openai-chat" | "anthropic-messages" | "gemini";

function shapeOf({ anthropicVersion, googleKey }: RequestHead): ListShape {
  if (anthropicVersion) return "anthropic-messages";
  return googleKey ? "gemini" : "openai-chat";
}

function reachableModels(surface: Surface, shape: ListShape, identity: Identity): readonly ListedModel[] {
  return listModels(surface.engine.config, shape, identity.kind).filter(({ id }) => allowsModel(identity, id));
}

/** When a model was made is not known here; the vendors' clients require a date, so it is the earliest one. */
function describe(model: ListedModel, shape: ListShape): Readonly<Record<string, unknown>> {
  switch (shape) {
    case "anthropic-messages":
      return { type: "model", id: model.id, display_name: model.id, created_at: "1970-01-01T00:00:00Z" };
    case "gemini":
      return {
        name: `models/${model.id}`,
        displayName: model.id,
        supportedGenerationMethods: ["generateContent", "countTokens"],
      };
    case "openai-chat":
      return { id: model.id, object: "model", created: 0, owned_by: model.vendor };
  }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
