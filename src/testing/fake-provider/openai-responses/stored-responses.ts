import { openaiError } from "../openai/errors.ts";
import type { PreparedReply, Refusal } from "../prepared-reply.ts";
import type { RouteCall } from "../route-call.ts";
import { faceOf } from "../vendor-face.ts";
import type { StoredResponse } from "./response-store.ts";

/** Items on a page of `input_items`, unless the caller says otherwise. */
const pageItems = 20;

function notFound(id: string): Refusal {
  return openaiError(404, `Response with id '${id}' not found.`);
}

function idOf(call: RouteCall): string {
  return call.match[1] ?? "";
}

function find(call: RouteCall): StoredResponse | null {
  return call.memory.responses.find(call.setting.owner, idOf(call));
}

/** `GET /v1/responses/{id}`. A background response is one step further each time; the call that finds it done is billed. */
export function readResponse(call: RouteCall): PreparedReply | Refusal | string {
  const stored = find(call);
  if (stored === null) return notFound(idOf(call));
  if (stored.background === null || stored.whole === null) return stored.render("done");
  if (stored.background === "queued") {
    stored.background = "in_progress";
    return stored.render("in_progress");
  }
  if (stored.background !== "in_progress") return stored.render(stored.background);
  stored.background = "done";
  const { requestId, headers } = faceOf("openai", call.setting).headers(call.setting, 0);
  return { ...stored.whole, requestId, headers };
}

/** `DELETE /v1/responses/{id}`. */
export function deleteResponse(call: RouteCall): Refusal | string {
  const id = idOf(call);
  if (!call.memory.responses.remove(call.setting.owner, id)) return notFound(id);
  return JSON.stringify({ id, object: "response", deleted: true });
}

/** `POST /v1/responses/{id}/cancel`: of background responses only; one that is over stays as it is. */
export function cancelResponse(call: RouteCall): Refusal | string {
  const stored = find(call);
  if (stored === null) return notFound(idOf(call));
  if (stored.background === null) return openaiError(400, "Cannot cancel a synchronous response.");
  if (stored.background !== "done") stored.background = "cancelled";
  return stored.render(stored.background);
}

/** `GET /v1/responses/{id}/input_items`, newest first unless `order=asc`, a page of `limit` behind `after`. */
export function listInputItems(call: RouteCall): Refusal | string {
  const stored = find(call);
  if (stored === null) return notFound(idOf(call));
  const query = new URLSearchParams(call.given.call.query);
  const items = query.get("order") === "asc" ? stored.inputItems : stored.inputItems.toReversed();
  const limit = Math.min(100, Math.max(1, Number(query.get("limit") ?? pageItems) || pageItems));
  const after = query.get("after");
  const first = after === null ? 0 : items.findIndex((item) => item["id"] === after) + 1;
  const data = items.slice(first, first + limit);
  return JSON.stringify({
    object: "list",
    data,
    first_id: data[0]?.["id"] ?? null,
    last_id: data.at(-1)?.["id"] ?? null,
    has_more: first + limit < items.length,
  });
}
