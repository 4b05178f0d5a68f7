import { FarthingError } from "../../kit/farthing-error.ts";
import { arrivalOf, firstIdAt } from "../../kit/request-id.ts";

/** Request ids from `fromId` up to but without `toId`. */
export interface IdWindow {
  readonly fromId: bigint;
  readonly toId: bigint;
}

/** The last moment that an id can tell, in 2094. */
export const idMsMax: number = arrivalOf((1n << 63n) - 1n);

/** First id of a moment; moments beyond the last that an id can tell count as that one. */
export function idAt(ms: number): bigint {
  return firstIdAt(Math.min(Math.max(ms, 0), idMsMax));
}

/**
 * Ids of arrivals from a moment up to but without another.
 * @throws FarthingError `invalid_request` for an empty window.
 */
export function idWindowOf(fromMs: number, toMs: number): IdWindow {
  if (fromMs < toMs) return { fromId: idAt(fromMs), toId: idAt(toMs) };
  throw new FarthingError("invalid_request", "The window must end after it begins.", { field: "from" });
}
