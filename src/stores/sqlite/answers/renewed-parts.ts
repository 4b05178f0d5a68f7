import { AnswerFileError, replacedFailure } from "./answer-failure.ts";
import { isSpoilt, moveAnswerFileAside } from "./answer-file.ts";
import { openAnswerParts, type AnswerParts, type OpenAnswerStoreOptions } from "./answer-parts.ts";

/** Whether the file is still the one in its place is looked at no more often, microseconds. */
const lookUsMin = 50_000;
/** A file that could not be opened again is tried again after so long. */
const reopenMs = 5_000;

/** The parts of a file that is begun anew when it turns out to be spoilt, or when another one lies in its place. */
export class RenewedParts {
  readonly #options: OpenAnswerStoreOptions;
  readonly #onLeft: () => void;
  #current: AnswerParts | null;
  #lookedAtUs = -Infinity;
  #closed = false;
  #renewal: Promise<void> = Promise.resolve();

  /** @param onLeft what was known of the file so far holds no longer. */
  constructor(options: OpenAnswerStoreOptions, parts: AnswerParts, onLeft: () => void) {
    this.#options = options;
    this.#current = parts;
    this.#onLeft = onLeft;
  }

  /** Null while the file is begun anew, and once closed. */
  get current(): AnswerParts | null {
    return this.#current;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** @throws where there are none now. */
  demand(): AnswerParts {
    if (this.#current !== null) return this.#current;
    throw this.#closed ? closedError() : beginsAnewError();
  }

  /** @throws AnswerFileError when another file lies in the place of this one. A look takes some microseconds, so not every hit has one. */
  lookAtFile({ file }: AnswerParts): void {
    const nowUs = this.#options.clock.monotonicUs();
    if (nowUs - this.#lookedAtUs < lookUsMin) return;
    if (!file.isInPlace()) throw new AnswerFileError(replacedFailure);
    this.#lookedAtUs = nowUs;
  }

  /** What was asked of these parts; a failure of theirs is judged. */
  async answerOf<T>(parts: AnswerParts, call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (error) {
      throw this.judge(error, parts);
    }
  }

  /** A file that is spoilt or gone is left at once: what it says may be wrong. @returns the error. */
  judge(error: unknown, parts: AnswerParts | null): unknown {
    const cause = error instanceof AnswerFileError ? error.reason : isSpoilt(error) ? "spoilt" : "other";
    if (cause !== "other" && parts !== null && this.#current === parts) {
      this.#renewal = this.#renew(parts, cause, String(error));
    }
    return error;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#renewal;
    const parts = this.#current;
    if (parts === null) return;
    await parts.writer.drained();
    this.#current = null;
    await parts.close(closedError());
  }

  async #renew(parts: AnswerParts, cause: "spoilt" | "replaced", why: string): Promise<void> {
    const { directory, alarm, clock } = this.#options;
    this.#current = null;
    this.#onLeft();
    alarm("cache-unreachable", `The store of answers begins anew: ${why}`);
    await parts.close(beginsAnewError()).catch(() => undefined);
    const reopen = async (): Promise<void> => {
      try {
        if (cause === "spoilt" && parts.file.isInPlace()) moveAnswerFileAside(directory);
        const next = await openAnswerParts(this.#options);
        if (this.#closed) await next.close(closedError());
        else this.#current = next;
      } catch (error) {
        alarm("cache-unreachable", `The store of answers cannot be opened: ${String(error)}`);
        if (!this.#closed) clock.after(reopenMs, () => void reopen());
      }
    };
    await reopen();
  }
}

function beginsAnewError(): Error {
  return new Error("The file of answers is being begun anew. Try again in a moment.");
}

/** What everybody gets who still asks. */
export function closedError(): Error {
  return new Error("The store of answers is closed.");
}
