/** What a caller is told about one of our own errors. */
export interface RenderedError {
  readonly code: string;
  /** The vendors' own word for this kind of error, e.g. `invalid_request_error`. */
  readonly type: string;
  readonly message: string;
  readonly requestId: string;
  /** The offending field, where there is one. */
  readonly field: string | null;
}
