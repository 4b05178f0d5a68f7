import { FarthingError } from "../kit/farthing-error.ts";
import { type ClaimName, claimNames, type Claims } from "../spec/caller.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";
import { claimCharactersMax as lengthMax, decodedHeader as decoded, fitsClaim as fits } from "./claim-text.ts";
import type { HeaderClaim, RequestHead } from "./read-head.ts";

const tagsMax = 8;
const names: ReadonlySet<string> = new Set(claimNames);

/** Claims while they are gathered. */
type Gathered = Partial<Record<ClaimName, string>> & { tags: string[] };

/**
 * What the caller says about its request. The key's own word wins, then our headers, then other headers, then the body.
 * Our headers are strict; aliases and body fields mean something else to others too, so there what does not fit is passed over.
 * @throws FarthingError `invalid_header` naming the header.
 */
export function readClaims(
  head: RequestHead,
  body: Readonly<JsonObject>,
  pinned: Readonly<Partial<Record<ClaimName, string>>>,
): Claims {
  const gathered: Gathered = { tags: [] };
  if (head.claims !== null) gatherHeaders(gathered, head.claims);
  if (head.portkeyMetadata !== null) gatherPortkey(gathered, head.portkeyMetadata);
  gatherBody(gathered, body);
  for (const name in pinned) gathered[name as ClaimName] = pinned[name as ClaimName] ?? "";
  return gathered;
}

function gatherHeaders(gathered: Gathered, claims: readonly HeaderClaim[]): void {
  for (const { claim, value, own } of claims) {
    if (own) gatherOwn(gathered, claim, decoded(value));
  }
  for (const { claim, value, own } of claims) {
    if (!own) gatherAlias(gathered, claim.toLowerCase(), decoded(value));
  }
}

/** One of our headers. */
function gatherOwn(gathered: Gathered, claim: string, value: string): void {
  if (claim !== "tags") {
    if (!fits(value)) throw badHeader(claim, `must be 1 to ${lengthMax} printable characters`);
    if (gathered[claim as ClaimName] !== undefined) throw badHeader(claim, "stands twice");
    gathered[claim as ClaimName] = value;
    return;
  }
  for (const tag of value.split(",").map((text) => text.trim())) {
    if (!fits(tag))
      throw badHeader(claim, `must be tags of 1 to ${lengthMax} printable characters, with commas between`);
    if (gathered.tags.length >= tagsMax) throw badHeader(claim, `may hold ${tagsMax} tags`);
    gathered.tags.push(tag);
  }
}

/** A name and value that somebody else defined: one of our claims by its name, else a label of its own. */
function gatherAlias(gathered: Gathered, claim: string, value: string): void {
  if (names.has(claim)) gatherSoft(gathered, claim as ClaimName, value);
  else if (gathered.tags.length < tagsMax && fits(`${claim}:${value}`)) gathered.tags.push(`${claim}:${value}`);
}

/** `x-portkey-metadata`: JSON whose reserved names begin with an underscore. */
function gatherPortkey(gathered: Gathered, text: string): void {
  const metadata = parseObject(decoded(text));
  for (const key in metadata) {
    const value = metadata[key];
    if (typeof value === "string") gatherAlias(gathered, key.replace(/^_/, "").toLowerCase(), value);
  }
}

function gatherBody(gathered: Gathered, body: Readonly<JsonObject>): void {
  const { metadata, user, safety_identifier: safetyIdentifier, prompt_cache_key: promptCacheKey } = body;
  if (typeof metadata === "object" && metadata !== null && !Array.isArray(metadata)) gatherMetadata(gathered, metadata);
  gatherSoft(gathered, "user", user);
  gatherSoft(gathered, "user", safetyIdentifier);
  gatherSoft(gathered, "prompt", promptCacheKey);
}

/** Claude Code sends one text for account and session, longer than a claim may be. */
const claudeCodeUser = /^(user_[0-9a-f]{64})_account_[0-9a-f-]*_session_([0-9a-f-]{36})$/;

function gatherMetadata(gathered: Gathered, metadata: Readonly<JsonObject>): void {
  for (const name of claimNames) {
    if (metadata[name] !== undefined) gatherSoft(gathered, name, metadata[name]);
  }
  const userId = metadata["user_id"];
  const parts = typeof userId === "string" ? claudeCodeUser.exec(userId) : null;
  gatherSoft(gathered, "user", parts?.[1] ?? userId);
  if (parts !== null) gatherSoft(gathered, "session", parts[2]);
}

/** Takes a value where the claim has none yet and the value is one. */
function gatherSoft(gathered: Gathered, name: string, value: JsonValue | undefined): void {
  if (typeof value !== "string" || !names.has(name) || !fits(value)) return;
  gathered[name as ClaimName] ??= value;
}

function parseObject(text: string): Readonly<JsonObject> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  } catch {
    return {};
  }
}

function badHeader(claim: string, what: string): FarthingError {
  const field = `x-farthing-${claim}`;
  return new FarthingError("invalid_header", `The header ${field} ${what}.`, { field });
}
