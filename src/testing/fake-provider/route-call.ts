import type { Behaviour } from "./behaviour.ts";
import type { IdentifiedCall } from "./identify-call.ts";
import type { FileShelf } from "./openai-media/file-shelf.ts";
import type { ResponseStore } from "./openai-responses/response-store.ts";
import type { CallSetting, PreparedReply, Refusal } from "./prepared-reply.ts";
import type { PromptCache } from "./prompt-cache.ts";

/** What a provider remembers of earlier calls. */
export interface ProviderMemory {
  /** Null where prompts are not cached. */
  readonly cache: PromptCache | null;
  readonly responses: ResponseStore;
  readonly files: FileShelf;
}

/** One call on its way to the endpoint that its path names. */
export interface RouteCall {
  readonly given: IdentifiedCall;
  readonly setting: CallSetting;
  readonly behaviour: Behaviour;
  readonly memory: ProviderMemory;
  /** What the route's pattern found in the path. */
  readonly match: RegExpExecArray;
}

/** What an endpoint answers: JSON text, a whole reply, or a refusal. */
export type RouteAnswer = string | PreparedReply | Refusal;
