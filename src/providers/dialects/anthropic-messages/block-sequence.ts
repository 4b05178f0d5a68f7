import type { JsonObject } from "../../../spec/json.ts";
import { ObjectProgress } from "./object-progress.ts";
import { printEvent } from "./print-event.ts";

/** A block on its way: its start, and the deltas that could not be written yet. */
interface Block {
  readonly kind: "text" | "thinking" | "redacted" | "call";
  readonly start: JsonObject;
  readonly waiting: JsonObject[];
  /** The id of a call; null for other blocks. */
  readonly callId: string | null;
  readonly progress: ObjectProgress;
  /** Nothing more will come for it. */
  ended: boolean;
}

/**
 * Content blocks one after another, never two open at once. The official SDK reads deltas by their index, but tells its
 * listeners of the last block only (`content.at(-1)` in lib/MessageStream of @anthropic-ai/sdk 1.12.0), so interleaved
 * blocks would give them the wrong one. What comes for a later block waits until the one before it is over: a text or
 * thinking is over when anything else comes, a call when its arguments are a whole object. What waits is never more
 * than the answer, which is limited where it is received.
 */
export class BlockSequence {
  /** Blocks that are not over; only the first of them has been started. */
  readonly #blocks: Block[] = [];
  readonly #calls: Map<number, Block> = new Map();
  #firstIsStarted = false;
  #index = 0;

  get hasCalls(): boolean {
    return this.#calls.size > 0;
  }

  text(text: string): string {
    const block = this.#continued("text") ?? this.#append("text", { type: "text", text: "" });
    block.waiting.push({ type: "text_delta", text });
    return this.#advance();
  }

  thinking(thinking: string): string {
    const block = this.#continued("thinking") ?? this.#appendThinking();
    block.waiting.push({ type: "thinking_delta", thinking });
    return this.#advance();
  }

  /** Ends the thinking that is open; a signature without any belongs to thinking that is hidden. */
  endThinking(signature: string | null): string {
    const block = this.#continued("thinking") ?? (signature === null ? null : this.#appendThinking());
    if (block === null) return "";
    if (signature !== null) block.waiting.push({ type: "signature_delta", signature });
    block.ended = true;
    return this.#advance();
  }

  redactedThinking(data: string): string {
    this.#append("redacted", { type: "redacted_thinking", data }).ended = true;
    return this.#advance();
  }

  /** Starts a call. Some servers repeat the start with every delta, and some give all calls one index but ids of their own. */
  startCall(index: number, id: string, name: string, ownId: string): string {
    const known = this.#calls.get(index);
    if (known !== undefined && (id === "" || known.callId === id)) return "";
    if (known !== undefined) known.ended = true;
    this.#calls.set(index, this.#append("call", { type: "tool_use", id: id || ownId, name, input: {} }, id));
    return this.#advance();
  }

  /** After a whole object there can only be blanks, and nobody misses those that come too late. */
  callArguments(index: number, argumentsText: string): string {
    const block = this.#calls.get(index);
    if (block === undefined || !this.#blocks.includes(block)) return "";
    block.progress.add(argumentsText);
    block.waiting.push({ type: "input_json_delta", partial_json: argumentsText });
    return this.#advance();
  }

  /** Writes all that waits and closes every block. */
  close(): string {
    for (const block of this.#blocks) block.ended = true;
    return this.#advance();
  }

  #continued(kind: Block["kind"]): Block | null {
    const last = this.#blocks.at(-1);
    return last?.kind === kind && !last.ended ? last : null;
  }

  #appendThinking(): Block {
    return this.#append("thinking", { type: "thinking", thinking: "", signature: "" });
  }

  #append(kind: Block["kind"], start: JsonObject, callId: string | null = null): Block {
    const block: Block = { kind, start, waiting: [], callId, progress: new ObjectProgress(), ended: false };
    this.#blocks.push(block);
    return block;
  }

  /** Writes what may be written now. */
  #advance(): string {
    let written = "";
    for (let block = this.#blocks[0]; block !== undefined; block = this.#blocks[0]) {
      const index = this.#index;
      if (!this.#firstIsStarted)
        written += printEvent({ type: "content_block_start", index, content_block: block.start });
      this.#firstIsStarted = true;
      for (const delta of block.waiting.splice(0)) written += printEvent({ type: "content_block_delta", index, delta });
      if (!this.#isOver(block)) break;
      written += printEvent({ type: "content_block_stop", index });
      this.#blocks.shift();
      this.#firstIsStarted = false;
      this.#index += 1;
    }
    return written;
  }

  #isOver(block: Block): boolean {
    if (block.ended) return true;
    if (this.#blocks.length === 1) return false;
    return block.kind !== "call" || block.progress.isWhole;
  }
}
