import type { CallFacts } from "../spec/attempt.ts";
import type { ErrorCode } from "../spec/errors.ts";
import type { TransportFailure } from "../spec/transport.ts";
import { FarthingError } from "./farthing-error.ts";

/** A call to a provider that brought no answer. Carries what is known of it, so that it still becomes an attempt. */
export class CallFailure extends FarthingError {
  readonly facts: CallFacts;
  readonly failure: TransportFailure;

  constructor(code: ErrorCode, message: string, facts: CallFacts, failure: TransportFailure) {
    super(code, message);
    this.facts = facts;
    this.failure = failure;
  }
}
