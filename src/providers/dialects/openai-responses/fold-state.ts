import type { StreamEvent } from "../../../spec/stream-event.ts";

/** Kinds of text that one output item streams. */
export type SeenKind = "text" | "refusal" | "reasoning" | "arguments";

/** What later events of a stream need to know of earlier ones. */
export interface FoldState {
  /**
   * True when the events are to be said in another dialect: then a text that came only with the end of its item is
   * given too, and calls of tools that the vendor runs, which nobody asked for, are passed over. Facts want the reverse:
   * they know every call, and of a long stream only a part is kept, whose whole texts would be counted twice.
   */
  readonly translating: boolean;
  started: boolean;
  errored: boolean;
  refused: boolean;
  /** A call that the caller has to run was seen. */
  called: boolean;
  /** Number of each tool call by the place of its item in the output; calls are counted from 0. */
  readonly calls: Map<number, number>;
  /** How each reasoning item shows its thinking; a server that sends both is heard once. */
  readonly reasoningKinds: Map<number, string>;
  /** Places of items that have begun. */
  readonly begun: Set<number>;
  /** Characters given so far, by place and kind; kept only when translating. */
  readonly seen: Map<string, number>;
}

/** The state before the first event of a stream. */
export function newFoldState(translating: boolean): FoldState {
  return {
    translating,
    started: false,
    errored: false,
    refused: false,
    called: false,
    calls: new Map(),
    reasoningKinds: new Map(),
    begun: new Set(),
    seen: new Map(),
  };
}

/** The number of the call at this place; a new one when it has none yet. */
export function callNumberOf(state: FoldState, place: number): number {
  const known = state.calls.get(place);
  if (known !== undefined) return known;
  const number = state.calls.size;
  state.calls.set(place, number);
  return number;
}

/** Adds a piece of text as its event. */
export function pushText(
  state: FoldState,
  place: number,
  kind: SeenKind,
  text: string | null,
  events: StreamEvent[],
): void {
  if (text === null || text === "") return;
  if (state.translating) {
    const key = `${place} ${kind}`;
    state.seen.set(key, (state.seen.get(key) ?? 0) + text.length);
  }
  if (kind === "text") events.push({ type: "text-delta", text });
  else if (kind === "refusal") events.push({ type: "refusal-delta", text });
  else if (kind === "reasoning") events.push({ type: "reasoning-delta", text });
  else events.push({ type: "tool-call-delta", index: callNumberOf(state, place), argumentsText: text });
}

/** Adds what is missing of an item's whole text: servers that do not stream it send it with the end of the item. */
export function pushRemainder(
  state: FoldState,
  place: number,
  kind: SeenKind,
  whole: string,
  events: StreamEvent[],
): void {
  if (!state.translating) return;
  pushText(state, place, kind, whole.slice(state.seen.get(`${place} ${kind}`) ?? 0), events);
}
