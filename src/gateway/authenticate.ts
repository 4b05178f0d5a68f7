import type { Credentials, Identity } from "../assembly/access/credentials.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { RequestHead } from "./read-head.ts";

/** Visible ASCII: anything else could end a header early, or be quoted back in an error text. */
const keyPattern = /^[\x21-\x7e]{1,512}$/;

/**
 * Who sends this request. `Authorization: Bearer` and `x-api-key` mean the same; a key of ours (`fk_`) opens the keys held by
 * the server, any other key is the caller's own and opens only what it opens at its provider.
 * @throws FarthingError `missing_key`, `invalid_key`, `invalid_header`.
 */
export function authenticate(head: RequestHead, credentials: Credentials, ownKeysAllowed: boolean): Identity {
  const identity = credentials.identify(keyOf(head));
  // One fixed answer for a key that never was, was revoked, has expired or is misspelt.
  if (identity === null) {
    const message = "The local key is not valid here: unknown, expired or revoked. Ask the operator for a new one.";
    throw new FarthingError("invalid_key", message);
  }
  if (identity.kind === "own-key" && !ownKeysAllowed) {
    const message = "This gateway takes only its own keys (fk_...). Ask the operator for one.";
    throw new FarthingError("invalid_key", message);
  }
  return identity;
}

/** The one key that the headers carry. */
function keyOf(head: RequestHead): string {
  if (head.repeatedCredential) throw differentKeys();
  const bearer = head.authorization === null ? "" : bearerOf(head.authorization);
  const apiKey = head.apiKey?.trim() ?? "";
  if (bearer !== "" && apiKey !== "" && bearer !== apiKey) throw differentKeys();
  const key = bearer === "" ? apiKey : bearer;
  if (key === "") {
    const message = "No API key. Send a provider key or a local key, as Authorization: Bearer or x-api-key.";
    throw new FarthingError("missing_key", message);
  }
  if (keyPattern.test(key)) return key;
  throw new FarthingError("invalid_header", "The API key holds characters that no key has.", {
    field: "authorization",
  });
}

function bearerOf(authorization: string): string {
  const match = /^(?:bearer(?:\s+(.*))?)?$/i.exec(authorization.trim());
  if (match !== null) return (match[1] ?? "").trim();
  const message = "The Authorization header must be Bearer and a key.";
  throw new FarthingError("invalid_header", message, { field: "authorization" });
}

function differentKeys(): FarthingError {
  const message = "The request carries two API keys that differ. Send one, as Authorization or as x-api-key.";
  return new FarthingError("invalid_header", message, { field: "authorization" });
}
