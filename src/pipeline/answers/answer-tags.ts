import type { Context } from "../../spec/context.ts";
import type { Scope } from "../../spec/caller.ts";
import type { Digest } from "../../spec/ports.ts";

/** Most tags of one answer (spec/answer-store.ts). */
export const answerTagsMax = 64;

/** Where an answer was bought. */
export interface AnswerSource {
  readonly endpointId: string;
  /** The model that was asked. */
  readonly model: string;
  /** The snapshot that answered, where the provider told. */
  readonly servedModel: string | null;
}

/** The tag of everything bought from a model, under the name it was asked by. */
export function modelTag({ endpointId, model }: Pick<AnswerSource, "endpointId" | "model">): string {
  return `model:${endpointId}/${model}`;
}

/** The tag of everything that one snapshot behind a model's name answered. */
export function servedTag({ endpointId, model }: AnswerSource, servedModel: string): string {
  return `served:${endpointId}/${model}/${servedModel}`;
}

/** The tag of everything that was answered to an end user: a keyed digest, so that no store holds the name. */
export function userTag(owner: Scope, user: string, digest: Digest): string {
  return `user:${digest(owner, `user:${user}`)}`;
}

/** The tag of everything that was made from a document. */
export function documentTag(id: string): string {
  return `document:${id}`;
}

/** The tag of everything that was asked with one of the caller's labels. */
export function labelTag(label: string): string {
  return `tag:${label}`;
}

/** The tag of everything that was answered on a route. */
export function routeTag(name: string): string {
  return `route:${name}`;
}

/** Tags of a prompt's name such as `summarise@3`: every version of it, and this one. */
export function promptTags(prompt: string): readonly string[] {
  const at = prompt.lastIndexOf("@");
  return at <= 0 ? [`prompt:${prompt}`] : [`prompt:${prompt.slice(0, at)}`, `prompt:${prompt}`];
}

/**
 * What an answer to this request can be forgotten by. Null when that would be more than a store keeps: an answer that
 * could not be forgotten by all of it is not stored.
 */
export function answerTagsOf(context: Context, source: AnswerSource): readonly string[] | null {
  const { claims, scope } = context.caller;
  const tags = [modelTag(source), routeTag(context.route.name)];
  if (source.servedModel !== null) tags.push(servedTag(source, source.servedModel));
  if (claims.prompt !== undefined) tags.push(...promptTags(claims.prompt));
  if (claims.user !== undefined) tags.push(userTag(scope, claims.user, context.ports.digest));
  for (const document of context.documents) tags.push(documentTag(document));
  for (const label of claims.tags) tags.push(labelTag(label));
  return tags.length > answerTagsMax ? null : tags;
}
