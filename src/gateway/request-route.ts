import { FarthingError } from "../kit/farthing-error.ts";
import type { StoredRequest } from "../spec/ledger.ts";
import type { CallerRequest, CallerResponse } from "./caller.ts";
import type { Surface } from "./surface.ts";
import { writeJson } from "./write-answer.ts";

/** One ledger record, its id behind it. */
export const requestPathPrefix = "/v1/farthing/requests/";

const idPattern = /^[A-Za-z0-9_.:-]{1,128}$/;

/**
 * Answers with the record and journal of a request, found by our id or a provider's.
 * @param mayRead whether this caller may see it; one that it may not see does not exist for it.
 * @throws FarthingError `not_found`.
 */
export async function findRequest(
  surface: Surface,
  request: CallerRequest,
  response: CallerResponse,
  path: string,
  mayRead: (record: StoredRequest) => boolean,
): Promise<void> {
  const id = path.slice(requestPathPrefix.length);
  const record = idPattern.test(id) ? await surface.engine.findRequest(id) : null;
  if (record === null || !mayRead(record)) {
    const message = "No record with this id. It may not be on disk yet, or belong to another key.";
    throw new FarthingError("not_found", message);
  }
  writeJson(request, response, 200, record);
}
