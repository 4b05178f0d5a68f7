import type { Asked } from "./codec.ts";
import type { StreamObserver } from "./dialect.ts";
import type { Quirks } from "./quirks.ts";
import type { DialectName, ModelRequest } from "./request.ts";
import type { StoredAnswer } from "./answer-store.ts";
import type { TranslatedRequest, WriteOptions } from "./translated-request.ts";

/** From one dialect to another and back. */
export interface Translation {
  /** @throws FarthingError `untranslatable` naming the field. */
  request(request: ModelRequest, model: string, options: WriteOptions): TranslatedRequest;
  /** A whole 2xx answer in the caller's dialect. @throws FarthingError `upstream_broken` when the body is no answer. */
  answer(body: Uint8Array, asked: Asked, quirks: Quirks): Uint8Array;
  /** A provider's error in the caller's dialect, its wording kept. */
  error(status: number, body: Uint8Array, asked: Asked): Uint8Array;
  /** The status that goes with {@link error}: the provider's, but for those that the caller's dialect does not know. */
  errorStatus(status: number): number;
  /** Reads the provider's stream and gives the caller's. */
  stream(asked: Asked, quirks: Quirks): StreamObserver;
}

/** A complete 200 as far as rendering it needs to be known. */
export type AnswerBytes = Pick<StoredAnswer, "dialect" | "kind" | "pieces" | "streamUsage" | "usage">;

/** An answer in the form that was asked for; of a stream the last piece holds the terminal event. */
export type RenderedAnswer = Pick<StoredAnswer, "dialect" | "kind" | "headers" | "pieces" | "streamUsage">;

/** Finds translations; the port that pipeline uses. */
export interface Translator {
  /** Null where the pair cannot be translated (embeddings, legacy completions). */
  between(caller: DialectName, provider: DialectName): Translation | null;
  /**
   * A complete answer of a dialect in the dialect and form (whole or streamed, with the usage chunk or without) in which
   * the caller asked. Nothing is bought, paused or counted anew: usage is the stored one and stands in it once. Null where
   * anything of the answer would be lost, or its bytes are no complete answer.
   */
  render(stored: AnswerBytes, asked: Asked): RenderedAnswer | null;
}
