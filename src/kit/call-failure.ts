import type { CallFacts } from "../spec/attempt.ts";
import type { ErrorCode } from "../spec/errors.ts";
import type { TransportFailure } from "../spec/transport.ts";
import { FarthingError } from "./farthing-error.ts";

/** A call to a provider that brought no answer. Carries what is known of it, so that it still becomes an attempt. */
export class CallFailure extends FarthingError {
  readonly facts: CallFacts;
  readonly failure: TransportFailure;

  /** @param cause what was thrown, where a defect of ours ended the call. */
  constructor(code: ErrorCode, message: string, facts: CallFacts, failure: TransportFailure, cause?: unknown) {
    super(code, message, { cause });
    this.facts = facts;
    this.failure = failure;
  }
}
