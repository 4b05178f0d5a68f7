import { textOf } from "../thread-news.ts";
import { isSpoilt } from "./answer-file.ts";
import type { AnswerFailure } from "./answer-protocol.ts";

/** Another file lies in the place of the one that is open. */
export const replacedFailure: AnswerFailure = {
  kind: "failed",
  message: "The file of answers was replaced by another one.",
  cause: "replaced",
};

/** What a thread says of an error. */
export function failureOf(error: unknown): AnswerFailure {
  return { kind: "failed", message: textOf(error), cause: isSpoilt(error) ? "spoilt" : "other" };
}

/** A failure of the file, as those who asked get it. */
export class AnswerFileError extends Error {
  readonly reason: AnswerFailure["cause"];

  constructor({ message, cause }: Pick<AnswerFailure, "message" | "cause">) {
    super(message);
    this.name = "AnswerFileError";
    this.reason = cause;
  }
}
