import type { ModelRequest } from "./request.ts";
import type { Usage } from "./usage.ts";

/** One input of a request that holds several, each of which has an answer of its own. */
export interface RequestElement {
  /** The same text for the same input, and for no other, whatever the form of the list around it. */
  readonly text: string;
  /** Its share of the request: bytes of its words, or tokens where the caller sent those. At least 1. */
  readonly weight: number;
  /** The weight counts tokens. */
  readonly inTokens: boolean;
}

/** An answer taken apart. */
export interface ElementAnswer {
  /** The JSON text of each input's answer, in the order of the inputs; windows on the reply's bytes. */
  readonly elements: readonly Uint8Array[];
  readonly servedModel: string | null;
}

/** Takes lists of inputs and their answers apart, and puts answers together. */
export interface ElementCodec {
  /** The inputs in order. Null: it is no list that can be taken apart; the provider judges it. */
  readInputs(request: ModelRequest): readonly RequestElement[] | null;
  /** The request for some of its inputs only, by their index: the parsed body that goes with `RequestEdit.inputs`. */
  keepInputs(request: ModelRequest, inputs: readonly number[]): ModelRequest;
  /** Null unless the reply holds an answer for each of `count` inputs, and nothing that would be lost. */
  readAnswer(body: Uint8Array, count: number): ElementAnswer | null;
  /** A reply made of elements in the order of its inputs. `usage` is told where it is known. */
  writeAnswer(elements: readonly Uint8Array[], model: string, usage: Usage): Uint8Array;
}
