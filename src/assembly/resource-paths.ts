import type { DialectName, ResourceCall } from "../spec/request.ts";

/** A kind of resource calls that pass through. */
export interface ResourceRule {
  /** Its vendor's dialect: decides the provider and the shape of errors. */
  readonly dialect: DialectName;
  readonly name: string;
  /** False: no price list of the vendor names it. */
  readonly billed: boolean;
  readonly methods: readonly string[];
  /** `{id}` and `{model}` stand for one segment or a part of one. */
  readonly paths: readonly string[];
}

const rule = (
  dialect: DialectName,
  name: string,
  billed: boolean,
  methods: readonly string[],
  ...paths: readonly string[]
): ResourceRule => ({ dialect, name, billed, methods, paths });

/**
 * Every resource call there is. Sources: paths of openai-node 7.5 (src/resources), anthropic-sdk-typescript 0.120
 * (src/resources/messages) and ai.google.dev/api, read 2026-11-21.
 */
export const resourceRules: readonly ResourceRule[] = [
  rule("openai-responses", "responses/input_tokens", false, ["POST"], "/v1/responses/input_tokens"),
  rule("openai-responses", "responses/compact", true, ["POST"], "/v1/responses/compact"),
  rule("openai-responses", "responses/id", false, ["GET", "DELETE"], "/v1/responses/{id}"),
  rule("openai-responses", "responses/cancel", false, ["POST"], "/v1/responses/{id}/cancel"),
  rule("openai-responses", "responses/input_items", false, ["GET"], "/v1/responses/{id}/input_items"),
  rule("openai-chat", "moderations", false, ["POST"], "/v1/moderations"),
  rule("openai-chat", "images/generations", true, ["POST"], "/v1/images/generations"),
  rule("openai-chat", "images/edits", true, ["POST"], "/v1/images/edits", "/v1/images/variations"),
  rule("openai-chat", "audio/speech", true, ["POST"], "/v1/audio/speech"),
  rule("openai-chat", "audio/transcriptions", true, ["POST"], "/v1/audio/transcriptions", "/v1/audio/translations"),
  rule("openai-chat", "files", false, ["GET", "POST"], "/v1/files"),
  rule("openai-chat", "files", false, ["GET", "DELETE"], "/v1/files/{id}"),
  rule("openai-chat", "files", false, ["GET"], "/v1/files/{id}/content"),
  rule("openai-chat", "batches", true, ["POST"], "/v1/batches"),
  rule("openai-chat", "batches", false, ["GET"], "/v1/batches", "/v1/batches/{id}"),
  rule("openai-chat", "batches", false, ["POST"], "/v1/batches/{id}/cancel"),
  rule("anthropic-messages", "messages/count_tokens", false, ["POST"], "/v1/messages/count_tokens"),
  rule("anthropic-messages", "messages/batches", true, ["POST"], "/v1/messages/batches"),
  rule("anthropic-messages", "messages/batches", false, ["GET"], "/v1/messages/batches"),
  rule("anthropic-messages", "messages/batches", false, ["GET", "DELETE"], "/v1/messages/batches/{id}"),
  rule("anthropic-messages", "messages/batches", false, ["GET"], "/v1/messages/batches/{id}/results"),
  rule("anthropic-messages", "messages/batches", false, ["POST"], "/v1/messages/batches/{id}/cancel"),
  rule(
    "gemini",
    "countTokens",
    false,
    ["POST"],
    "/v1beta/models/{model}:countTokens",
    "/v1/models/{model}:countTokens",
  ),
  rule(
    "gemini",
    "embedContent",
    true,
    ["POST"],
    "/v1beta/models/{model}:embedContent",
    "/v1/models/{model}:embedContent",
  ),
  rule(
    "gemini",
    "embedContent",
    true,
    ["POST"],
    "/v1beta/models/{model}:batchEmbedContents",
    "/v1/models/{model}:batchEmbedContents",
  ),
  rule("gemini", "models", false, ["GET"], "/v1beta/models", "/v1beta/models/{model}"),
];

/** Resources that the provider keeps under the key that was used. */
const statefulNames: ReadonlySet<string> = new Set([
  "responses/id",
  "responses/cancel",
  "responses/input_items",
  "files",
  "batches",
  "messages/batches",
]);

/** What may stand for `{id}` or `{model}`: no slash, so that no other path can hide in it. */
const segment = "[A-Za-z0-9_.-]{1,256}";

const matchers: readonly { readonly rule: ResourceRule; readonly pattern: RegExp }[] = resourceRules.flatMap((row) =>
  row.paths.map((path) => ({ rule: row, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, segment)}$`) })),
);

/** The resource call that a path is; where its method is another one, the methods it takes. */
export type FoundResource =
  | { readonly dialect: DialectName; readonly resource: ResourceCall }
  | { readonly dialect: DialectName; readonly allowed: readonly string[] };

/** Null for a path that is no resource we know. */
export function findResource(method: string, path: string): FoundResource | null {
  const matching = matchers.filter(({ pattern }) => pattern.test(path)).map((matcher) => matcher.rule);
  const found = matching.find(({ methods }) => methods.includes(method));
  if (found !== undefined) {
    const { dialect, name, billed } = found;
    return { dialect, resource: { name, method, path, billed, stateful: statefulNames.has(name) } };
  }
  const [first] = matching;
  if (first === undefined) return null;
  return { dialect: first.dialect, allowed: [...new Set(matching.flatMap(({ methods }) => methods))] };
}
