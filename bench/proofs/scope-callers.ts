import { createKeyedDigests, type KeyedDigests } from "../../src/assembly/access/keyed-digests.ts";
import type { Caller, Claims } from "../../src/spec/caller.ts";
import { stageCaller } from "../../src/testing/stage-context.ts";
import { type Ask, dialectOf } from "./scope-asks.ts";

/** The installation's digests, each owner's under a secret of its own. */
export const scopeDigests: KeyedDigests = createKeyedDigests("the secret of the proof of who shares which answers");
/** Two tenants, and a caller with a key of its own that reads like the name of the first. */
const owners = [
  scopeDigests.scopeOf("tenant", "u"),
  scopeDigests.scopeOf("tenant", "v"),
  scopeDigests.scopeOf("own-key", "u"),
] as const;
/** The same names for credentials, users, prompts and namespaces wherever that is possible. */
const credentials = ["u", "v", "w"] as const;
const users = [undefined, "u", "v"] as const;
const names = [undefined, "u", "u@1", 'u","u@1'] as const;
const headers = [[], ["x-beta", "a"], ["x-organization", "a"]] as const;

const versionHeader = ["anthropic-version", "2023-06-01"] as const;

/** Who sends a request, with what it claims. */
export function callerOf(ask: Ask, endpointId: string): Caller {
  const own = ask.owner === 2;
  const user = users[ask.user];
  const prompt = names[ask.prompt];
  const claims: Claims = {
    tags: [],
    ...(user === undefined ? {} : { user }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(ask.task === 0 ? {} : { task: "t1" }),
  };
  return stageCaller({
    kind: own ? "own-key" : "local-key",
    keyId: credentials[ask.credential] ?? "",
    scope: owners[ask.owner] ?? owners[0],
    providerKey: own ? "sk-own" : null,
    endpointId: own ? endpointId : null,
    claims,
  });
}

/** Its query, with what its dialect needs for a stream. */
export function queryOf(ask: Ask): string {
  const parts = [dialectOf(ask) === "gemini" && ask.form > 0 ? "alt=sse" : "", ask.query === 0 ? "" : "v=2"];
  const query = parts.filter((part) => part !== "").join("&");
  return query === "" ? "" : `?${query}`;
}

/** Headers that go to the provider with it. */
export function headersOf(ask: Ask): readonly string[] {
  return [...(dialectOf(ask) === "anthropic-messages" ? versionHeader : []), ...(headers[ask.header] ?? [])];
}

/** The namespace of the cache that it names. */
export function namespaceOf(ask: Ask): string | null {
  return names[ask.namespace] ?? null;
}
