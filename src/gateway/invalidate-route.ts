import { forgetBytesMax, parseForgetWish } from "../assembly/answers/forget-wish.ts";
import { authenticate } from "./authenticate.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import { checkScope } from "./check-rights.ts";
import { readOwnDocument } from "./read-own-document.ts";
import type { RequestHead } from "./read-head.ts";
import type { Surface } from "./surface.ts";
import { writeJson } from "./write-answer.ts";

/** Where applications say that something changed which answers were made from. */
export const invalidatePath = "/v1/cache/invalidate";

/**
 * Forgets answers of the caller's own tenant, or own key, and of nobody else. It answers when none of them can be served any more.
 * Rejects with FarthingError `scope_missing`, `invalid_request`, `cache_unavailable` and those of reading a body.
 */
export async function postInvalidation(
  surface: Surface,
  request: CallerRequest,
  response: CallerResponse,
  head: RequestHead,
): Promise<void> {
  const { engine } = surface;
  const identity = authenticate(head, engine.credentials, engine.ownKeysAllowed);
  checkScope(identity, "cache");
  const wish = parseForgetWish(await readOwnDocument(surface, request, response, head, forgetBytesMax));
  const { tags, erased } = await engine.forgetAnswers(identity.scope, wish);
  writeJson(request, response, 200, { object: "farthing.invalidation", tags, ...(erased === null ? {} : { erased }) });
}
