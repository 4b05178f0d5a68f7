import { FarthingError } from "../kit/farthing-error.ts";
import { claimCharactersMax, decodedHeader, fitsClaim } from "./claim-text.ts";

const field = "x-farthing-documents";
/** As many as an answer is forgotten by; Context.documents promises it. */
const documentsMax = 32;

/**
 * Ids of the documents that a prompt was made of, from the values of `x-farthing-documents`, each a list with commas between; each id
 * once. Null: no such header.
 *
 * @throws FarthingError `invalid_header` for an id that is none, and for too many.
 */
export function readDocuments(values: readonly string[] | null): readonly string[] {
  if (values === null) return none;
  const ids = new Set<string>();
  for (const value of values) {
    for (const id of decodedHeader(value).split(",")) {
      const trimmed = id.trim();
      if (!fitsClaim(trimmed))
        throw bad(`must be ids of 1 to ${claimCharactersMax} printable characters, with commas between`);
      ids.add(trimmed);
      if (ids.size > documentsMax) throw bad(`may hold ${documentsMax} ids`);
    }
  }
  return [...ids];
}

const none: readonly string[] = [];

function bad(what: string): FarthingError {
  return new FarthingError("invalid_header", `The header ${field} ${what}.`, { field });
}
