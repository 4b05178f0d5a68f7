import type { Conversation, TextPart, Turn } from "../../../spec/conversation.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { untranslatable } from "../../translation/concepts.ts";

/**
 * A conversation as far as this server takes it: thinking and further instructions make some of them refuse the whole
 * request (Groq and Cerebras the former, templates of Qwen 3.5 and later the latter: vllm#41114, litellm#26879, read
 * 2026-11-21).
 * @throws FarthingError `untranslatable` for an instruction between turns where there may be none
 */
export function fitToServer(
  conversation: Conversation,
  { takesReasoning, takesSystemTurns }: Quirks,
): { readonly conversation: Conversation; readonly dropped: readonly string[] } {
  const { turns, system } = conversation;
  const silent = takesReasoning ? turns : turns.map((turn) => withoutReasoning(turn));
  const dropped = silent.some((turn, index) => turn !== turns[index]) ? ["reasoning"] : [];
  if (takesSystemTurns) return { conversation: { ...conversation, turns: silent }, dropped };
  if (turns.some(({ role }) => role === "system")) {
    throw untranslatable("system-turn", "this server takes instructions before the first turn only");
  }
  return { conversation: { ...conversation, turns: silent, system: inOne(system) }, dropped };
}

/** The same turn where it holds no thinking. */
function withoutReasoning(turn: Turn): Turn {
  const parts = turn.parts.filter(({ type }) => type !== "reasoning");
  return parts.length === turn.parts.length ? turn : { ...turn, parts };
}

function inOne(system: readonly TextPart[]): readonly TextPart[] {
  if (system.length < 2) return system;
  return [{ type: "text", text: system.map(({ text }) => text).join("\n\n") }];
}
