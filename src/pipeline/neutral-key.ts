import { canonicalJson } from "../kit/canonical-json.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { Context } from "../spec/context.ts";
import type { Conversation } from "../spec/conversation.ts";
import type { JsonObject } from "../spec/json.ts";
import { headerLine } from "./key-headers.ts";

/** A request free of its dialect, for a key that callers of other dialects have too. */
export interface NeutralRequest {
  readonly conversation: Conversation;
  /** Headers that the dialect demands of every call, as the key would hold them; they say nothing of the question. */
  readonly ownHeaders: readonly string[];
}

/** Members of a conversation below which order means something. */
const orderedMembers: ReadonlySet<string> = new Set(["tools", "format"]);
/** Says nothing but in which form the answer is to come. */
const formPath = "stream_options";

/** Null where the dialect is not translated, or the conversation does not say everything that the request does. */
export function neutralRequest({ ports, request }: Context): NeutralRequest | null {
  const { codec } = ports.dialects[request.dialect];
  if (codec === null) return null;
  try {
    const { conversation, dropped } = codec.readConversation(request);
    if (dropped.some((path) => path !== formPath && !path.startsWith(`${formPath}.`))) return null;
    const ownHeaders: string[] = [];
    const { callHeaders = [] } = codec;
    for (let index = 0; index + 1 < callHeaders.length; index += 2)
      ownHeaders.push(headerLine(callHeaders[index] ?? "", callHeaders[index + 1] ?? ""));
    return { conversation: plainly(conversation, codec.showsThinking === true), ownHeaders };
  } catch (error) {
    // What cannot be said free of the dialect is asked within it.
    if (FarthingError.isInstance(error) && error.code === "untranslatable") return null;
    throw error;
  }
}

/** In the words of all dialects: in some of them thinking that was asked for is shown unless the caller says otherwise. */
function plainly(conversation: Conversation, showsThinking: boolean): Conversation {
  const { settings } = conversation;
  const { reasoning } = settings;
  if (reasoning === undefined || reasoning.show !== null) return { ...conversation, stream: false };
  return {
    ...conversation,
    stream: false,
    settings: { ...settings, reasoning: { ...reasoning, show: showsThinking } },
  };
}

/** The conversation's part of a key; null as `canonicalJson`. */
export function neutralText({ conversation }: NeutralRequest): string | null {
  // Plain data, as a codec reads it.
  return canonicalJson(conversation as unknown as JsonObject, orderedMembers);
}
