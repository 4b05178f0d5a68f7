import type { JsonObject } from "../spec/json.ts";
import type { DialectName, ModelRequest, ResourceCall } from "../spec/request.ts";
import { multipartField } from "./multipart-field.ts";

const modelCharactersMax = 256;

/** A resource call as a request. Its body is looked at for the model's name and for nothing else. */
export function readResourceRequest(
  dialect: DialectName,
  resource: ResourceCall,
  contentType: string | null,
  body: Buffer,
): ModelRequest {
  const rest = contentType?.startsWith("application/json") === true ? parseLeniently(body) : {};
  const written = rest["model"] ?? multipartField(contentType ?? "", body, "model");
  const model = /\/models\/([^/:]+)/.exec(resource.path)?.[1] ?? written;
  return {
    dialect,
    model: typeof model === "string" && model !== "" && model.length <= modelCharactersMax ? model : resource.name,
    stream: false,
    streamUsage: true,
    outputTokensMax: null,
    choices: 1,
    temperature: null,
    hasTools: false,
    stateful: resource.stateful,
    bodyBytes: body.length,
    resource,
    rest,
  };
}

/** The provider judges the body. */
function parseLeniently(body: Buffer): JsonObject {
  try {
    const document: unknown = JSON.parse(body.toString("utf8"));
    return typeof document === "object" && document !== null && !Array.isArray(document)
      ? (document as JsonObject)
      : {};
  } catch {
    return {};
  }
}
