/** What a client saw of one call. */
export interface CallOutcome {
  /** Text of the answer; empty for a failed call. */
  readonly text: string;
  /** HTTP status; 0 when none came. */
  readonly status: number;
  /** The gateway's id of the request; null without one (a call past the gateway). */
  readonly requestId: string | null;
  /** From handing the call to the client until the last piece of the answer, milliseconds. */
  readonly durationMs: number;
  /** Why the call failed; null for a good one. */
  readonly failure: string | null;
  /** Code of the error that a failed call got, in OpenAI's dialect; null for a good one and where none came. */
  readonly failureCode: string | null;
}
