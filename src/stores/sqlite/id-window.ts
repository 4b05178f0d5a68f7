import { FarthingError } from "../../kit/farthing-error.ts";
import { idAt, type IdWindow } from "./coverage.ts";

/**
 * Ids of arrivals from a moment up to but without another.
 * @throws FarthingError `invalid_request` for an empty window.
 */
export function idWindowOf(fromMs: number, toMs: number): IdWindow {
  if (fromMs < toMs) return { fromId: idAt(fromMs), toId: idAt(toMs) };
  throw new FarthingError("invalid_request", "The window must end after it begins.", { field: "from" });
}
