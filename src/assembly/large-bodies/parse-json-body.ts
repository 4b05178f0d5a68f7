import { isUtf8 } from "node:buffer";
import { FarthingError } from "../../kit/farthing-error.ts";
import { guardJson } from "../../kit/json-guard.ts";

/**
 * The body as a JSON document.
 * @throws FarthingError `invalid_json`, `json_too_deep`, `duplicate_field`, `invalid_request`.
 */
export function parseJsonBody(body: Buffer, depthMax: number): unknown {
  if (body.length === 0) throw new FarthingError("invalid_json", "The body is empty. Send a JSON object.");
  guardJson(body, depthMax);
  if (!isUtf8(body)) throw new FarthingError("invalid_json", "The body is not valid UTF-8.");
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // The parser's own message quotes the body, and bodies stay out of messages.
    throw new FarthingError("invalid_json", "The body is not valid JSON.");
  }
}
