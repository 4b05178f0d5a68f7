import { FarthingError } from "../../kit/farthing-error.ts";
import type { OutcomePoster } from "../../spec/outcome.ts";
import type { Credentials, Identity } from "../access/credentials.ts";

/** The operator, who may join outcomes to anybody's requests: for imports on this machine. */
export const operatorPoster: OutcomePoster = { owner: "operator", keyId: "operator", keyIds: [] };

/**
 * Whose outcomes a caller posts: of its own key, or of its key's tenant.
 * @throws FarthingError `invalid_key` for a local key that was revoked this very moment.
 */
export function outcomePosterOf({ kind, keyId }: Identity, credentials: Credentials): OutcomePoster {
  if (kind === "own-key") return { owner: `own:${keyId}`, keyId, keyIds: [keyId] };
  const key = credentials.localKeyOf(keyId);
  if (key === null) throw new FarthingError("invalid_key", "The local key is not valid here any more.");
  return { owner: `tenant:${key.tenant}`, keyId, keyIds: credentials.keysOfTenant(key.tenant) };
}
