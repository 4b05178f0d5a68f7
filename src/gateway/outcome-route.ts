import { outcomePosterOf } from "../assembly/outcomes/outcomes-poster.ts";
import { outcomesBytesMax, parseOutcomes } from "../assembly/outcomes/outcomes-parse.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { authenticate } from "./authenticate.ts";
import { checkScope } from "./check-rights.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import { readOwnDocument } from "./read-own-document.ts";
import type { RequestHead } from "./read-head.ts";
import type { Surface } from "./surface.ts";
import { writeJson } from "./write-answer.ts";

/** Where applications say what their calls were good for. */
export const outcomesPath = "/v1/outcomes";

/**
 * Stores a post of outcomes and answers when it is on disk. What it says about sessions and requests is joined later and only to
 * those of the poster's own key or tenant, so the answer tells nothing of whether they exist.
 * Rejects with FarthingError `scope_missing`, `invalid_request`, `outcome_conflict`, `overloaded` and those of reading a body.
 */
export async function postOutcomes(
  surface: Surface,
  request: CallerRequest,
  response: CallerResponse,
  head: RequestHead,
): Promise<void> {
  const { engine } = surface;
  const identity = authenticate(head, engine.credentials, engine.ownKeysAllowed);
  checkScope(identity, "outcomes");
  const poster = outcomePosterOf(identity, engine.credentials);
  const { outcomes: store } = engine;
  if (store === null)
    throw new FarthingError("unknown_path", "This Farthing keeps no outcomes: its ledger has no file.");
  const document = await readOwnDocument(surface, request, response, head, outcomesBytesMax);
  const outcomes = parseOutcomes(document, engine.clock.nowMs());
  const receipt = await store.post(poster, outcomes);
  if ("conflict" in receipt) {
    const message = `The outcome ${JSON.stringify(receipt.conflict)} is stored with another content; nothing of this post is. Give it an id of its own.`;
    throw new FarthingError("outcome_conflict", message, { field: "id" });
  }
  writeJson(request, response, 200, { object: "farthing.outcomes", ...receipt });
}
