import { FarthingError } from "../../kit/farthing-error.ts";
import { documentTag, labelTag, modelTag, promptTags, routeTag, userTag } from "../../pipeline/answers/answer-tags.ts";
import type { AnswerStore } from "../../spec/answer-store.ts";
import type { Scope } from "../../spec/caller.ts";
import type { Digest } from "../../spec/ports.ts";
import { type ForgetWish, forgetFields } from "./forget-wish.ts";

/** What forgetting needs to know of an installation. */
export interface ForgetParts {
  readonly answers: AnswerStore;
  readonly digest: Digest;
  /** Ids of the providers; a model that names none of them is forgotten at all. */
  readonly endpointIds: readonly string[];
  readonly nowMs: number;
}

/** What was done. */
export interface Forgotten {
  /** Tags that no answer from before may serve under any more. */
  readonly tags: number;
  /** Answers whose bytes were deleted; null where none were to be. */
  readonly erased: number | null;
}

/**
 * Forgets an owner's answers, those on their way included, in every process that shares the store.
 * @throws FarthingError `cache_unavailable` when the store cannot be reached: then some may have been forgotten, and the call is to be made again.
 */
export async function forgetAnswers(parts: ForgetParts, owner: Scope, wish: ForgetWish): Promise<Forgotten> {
  const { answers, nowMs } = parts;
  const tags = tagsOf(parts, owner, wish);
  let erased = 0;
  try {
    for (const { tag, erase } of tags) {
      if (erase) erased += await answers.purge({ owner, tag }, nowMs);
      else await answers.invalidate(owner, tag, nowMs);
    }
  } catch (cause) {
    const message =
      "The store of answers cannot be reached, so what you named may still be served. Make this call again.";
    throw new FarthingError("cache_unavailable", message, { cause });
  }
  return { tags: tags.length, erased: tags.some(({ erase }) => erase) ? erased : null };
}

/** One tag and what becomes of what carries it. */
interface MeantTag {
  readonly tag: string;
  readonly erase: boolean;
}

/** The tags that names stand for, for whoever deletes what carries them. */
export function erasedTags(
  parts: Pick<ForgetParts, "digest" | "endpointIds">,
  owner: Scope,
  names: Omit<ForgetWish, "erase">,
): readonly string[] {
  return tagsOf(parts, owner, { ...names, erase: true }).map(({ tag }) => tag);
}

function tagsOf(
  { digest, endpointIds }: Pick<ForgetParts, "digest" | "endpointIds">,
  owner: Scope,
  wish: ForgetWish,
): readonly MeantTag[] {
  const spelled: Readonly<Record<(typeof forgetFields)[number], (name: string) => readonly string[]>> = {
    documents: (name) => [documentTag(name)],
    tags: (name) => [labelTag(name)],
    // The last is the one meant: with a version it is that version's, without one every version's.
    prompts: (name) => promptTags(name).slice(-1),
    models: (name) => modelTags(name, endpointIds),
    routes: (name) => [routeTag(name)],
    users: (name) => [userTag(owner, name, digest)],
  };
  return forgetFields.flatMap((field) =>
    wish[field].flatMap((name) => spelled[field](name).map((tag) => ({ tag, erase: wish.erase || field === "users" }))),
  );
}

/** `openai/gpt-4o` is that provider's; a plain name is every provider's. */
function modelTags(name: string, endpointIds: readonly string[]): readonly string[] {
  const [first = ""] = name.split("/", 1);
  if (first !== name && endpointIds.includes(first))
    return [modelTag({ endpointId: first, model: name.slice(first.length + 1) })];
  return endpointIds.map((endpointId) => modelTag({ endpointId, model: name }));
}
