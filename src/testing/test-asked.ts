import type { AnsweredHow, AskedHow } from "../spec/body-store.ts";
import { noCacheWishes } from "../spec/cache-control.ts";

/** A plain question of a local key, for tests of what keeps such. */
export const sampleAsked: AskedHow = {
  dialect: "openai-chat",
  isResource: false,
  model: "gpt-4o",
  stream: false,
  query: "",
  headers: ["content-type", "application/json"],
  callerKind: "local-key",
  keyId: "key_test",
  claims: { tags: [] },
  documents: [],
  cacheControl: noCacheWishes,
  ticket: null,
};

/** Bought from its provider. */
export const sampleAnswered: AnsweredHow = { origin: "provider", endpointId: "openai", model: "gpt-4o" };
