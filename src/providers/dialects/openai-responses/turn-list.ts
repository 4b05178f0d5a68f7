import type { Part, TextPart, ToolResultPart, Turn } from "../../../spec/conversation.ts";

interface OpenTurn {
  readonly role: Turn["role"];
  readonly parts: Part[];
  /** Holds nothing but results of tools. */
  readonly isResults: boolean;
}

/**
 * Gathers items into turns. The dialect has one list of items; what the model said until the caller speaks is one turn,
 * and so are results of tools that follow each other, since other dialects want the calls and the results of one round
 * together. Every message of the caller is a turn of its own.
 */
export class TurnList {
  /** Instructions before the first turn. */
  readonly system: TextPart[] = [];
  readonly #turns: OpenTurn[] = [];

  get turns(): readonly Turn[] {
    return this.#turns.map(({ role, parts }) => ({ role, parts }));
  }

  addInstructions(parts: readonly TextPart[]): void {
    if (this.#turns.length === 0) this.system.push(...parts);
    else this.#turns.push({ role: "system", parts: [...parts], isResults: false });
  }

  addUserMessage(parts: readonly Part[]): void {
    this.#turns.push({ role: "user", parts: [...parts], isResults: false });
  }

  addToolResult(part: ToolResultPart): void {
    const last = this.#turns.at(-1);
    if (last?.isResults === true) last.parts.push(part);
    else this.#turns.push({ role: "user", parts: [part], isResults: true });
  }

  addAssistant(parts: readonly Part[]): void {
    const last = this.#turns.at(-1);
    if (last?.role === "assistant") last.parts.push(...parts);
    else this.#turns.push({ role: "assistant", parts: [...parts], isResults: false });
  }
}
