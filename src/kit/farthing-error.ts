import { errors, type ErrorCode } from "../spec/errors.ts";

/** Survives two copies of the package in one process, where `instanceof` does not. */
const marker = "farthing.error";

/** Details of an error beside its code and message. */
export interface FarthingErrorDetails {
  /** The offending field or header. */
  readonly field?: string;
  /** Seconds after which trying again makes sense, 1 to 60. */
  readonly retryAfterS?: number;
  readonly cause?: unknown;
}

/** A broken promise with a code from the table in spec/errors.ts. Its message tells the user what to do and holds no secret. */
export class FarthingError extends Error {
  readonly code: ErrorCode;
  readonly field: string | null;
  readonly retryAfterS: number | null;
  readonly marker: string = marker;

  constructor(code: ErrorCode, message: string, details: FarthingErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "FarthingError";
    this.code = code;
    this.field = details.field ?? null;
    this.retryAfterS = details.retryAfterS ?? null;
  }

  /** HTTP status of the error's row in the table. */
  get status(): number {
    return errors[this.code].status;
  }

  /** True for errors of any copy of this package. */
  static isInstance(value: unknown): value is FarthingError {
    return value instanceof Error && "marker" in value && value.marker === marker;
  }
}
