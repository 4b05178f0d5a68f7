/** A row of the error table. */
export interface ErrorRow {
  readonly status: number;
  /** The vendors' word for the kind, per dialect family. */
  readonly openai: string;
  readonly anthropic: string;
  /** False: official clients are told not to retry (`x-should-retry: false`). */
  readonly retry: boolean;
  readonly meaning: string;
}

/** Every error Farthing itself can answer with; docs/reference/errors.md is tested against it in both directions. */
export const errors = {
  invalid_json: {
    status: 400,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "The body is not JSON.",
  },
  json_too_deep: {
    status: 400,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "The body is nested deeper than the limit.",
  },
  duplicate_field: {
    status: 400,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "A top-level field stands twice in the body.",
  },
  invalid_request: {
    status: 400,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "A field is missing, of the wrong type or out of range.",
  },
  invalid_header: {
    status: 400,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "A header of ours is malformed or too long.",
  },
  body_too_large: {
    status: 413,
    openai: "invalid_request_error",
    anthropic: "request_too_large",
    retry: false,
    meaning: "The body is larger than the limit.",
  },
  bad_host: {
    status: 400,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "Not exactly one plain Host header.",
  },
  bad_target: {
    status: 400,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "The request target is not a plain path.",
  },
  unknown_path: {
    status: 404,
    openai: "invalid_request_error",
    anthropic: "not_found_error",
    retry: false,
    meaning: "No such path here.",
  },
  wrong_method: {
    status: 405,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "The path exists, with another method.",
  },
  missing_key: {
    status: 401,
    openai: "invalid_request_error",
    anthropic: "authentication_error",
    retry: false,
    meaning: "No API key in the request.",
  },
  invalid_key: {
    status: 401,
    openai: "invalid_request_error",
    anthropic: "authentication_error",
    retry: false,
    meaning: "The local key is unknown, expired or revoked.",
  },
  model_not_found: {
    status: 404,
    openai: "invalid_request_error",
    anthropic: "not_found_error",
    retry: false,
    meaning: "No provider is configured that could serve this model in this dialect.",
  },
  untranslatable: {
    status: 400,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "The target speaks another dialect, which cannot say a field of the request.",
  },
  unsupported_media_type: {
    status: 415,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "The body must be application/json, not compressed.",
  },
  deadline_exceeded: {
    status: 504,
    openai: "api_error",
    anthropic: "api_error",
    retry: true,
    meaning: "The route's total time ran out.",
  },
  upstream_timeout: {
    status: 504,
    openai: "api_error",
    anthropic: "api_error",
    retry: true,
    meaning: "The provider did not answer in time.",
  },
  upstream_unreachable: {
    status: 502,
    openai: "api_error",
    anthropic: "api_error",
    retry: true,
    meaning: "The provider could not be reached.",
  },
  upstream_broken: {
    status: 502,
    openai: "api_error",
    anthropic: "api_error",
    retry: true,
    meaning: "The provider's answer broke off or was not HTTP.",
  },
  upstream_too_large: {
    status: 502,
    openai: "api_error",
    anthropic: "api_error",
    retry: false,
    meaning: "The provider's answer is larger than the limit.",
  },
  client_closed: {
    status: 499,
    openai: "api_error",
    anthropic: "api_error",
    retry: false,
    meaning: "The caller left before the answer; seen in the ledger only.",
  },
  shutting_down: {
    status: 503,
    openai: "api_error",
    anthropic: "overloaded_error",
    retry: true,
    meaning: "The gateway is draining; try another instance.",
  },
  overloaded: {
    status: 503,
    openai: "api_error",
    anthropic: "overloaded_error",
    retry: true,
    meaning: "Too many requests in flight here.",
  },
  internal_error: {
    status: 500,
    openai: "api_error",
    anthropic: "api_error",
    retry: true,
    meaning: "A defect in Farthing. Please report it with the request id.",
  },
  forbidden: {
    status: 403,
    openai: "invalid_request_error",
    anthropic: "permission_error",
    retry: false,
    meaning: "The admin token is missing or wrong.",
  },
  shared_state: {
    status: 403,
    openai: "invalid_request_error",
    anthropic: "permission_error",
    retry: false,
    meaning: "The call reads or changes what the provider keeps under a key that several tenants share.",
  },
  budget_exceeded: {
    status: 429,
    openai: "insufficient_quota",
    anthropic: "rate_limit_error",
    retry: false,
    meaning: "A hard budget has no room for the call; the message names it, what is left and when it resets.",
  },
  budget_unpriced: {
    status: 403,
    openai: "invalid_request_error",
    anthropic: "permission_error",
    retry: false,
    meaning: "A hard budget counts money, and the model has no price.",
  },
  budget_unavailable: {
    status: 503,
    openai: "api_error",
    anthropic: "overloaded_error",
    retry: true,
    meaning: "The balances of a hard budget cannot be read or written now.",
  },
  cache_unavailable: {
    status: 503,
    openai: "api_error",
    anthropic: "overloaded_error",
    retry: true,
    meaning: "Answers cannot be forgotten now, because their store cannot be reached.",
  },
  body_store_unavailable: {
    status: 503,
    openai: "api_error",
    anthropic: "overloaded_error",
    retry: true,
    meaning: "The route has to keep requests and replies, and this one cannot be kept now.",
  },
  model_not_allowed: {
    status: 403,
    openai: "invalid_request_error",
    anthropic: "permission_error",
    retry: false,
    meaning: "The local key is not for this model.",
  },
  scope_missing: {
    status: 403,
    openai: "invalid_request_error",
    anthropic: "permission_error",
    retry: false,
    meaning: "The local key has no right to this kind of call.",
  },
  outcome_conflict: {
    status: 409,
    openai: "invalid_request_error",
    anthropic: "invalid_request_error",
    retry: false,
    meaning: "An outcome of this id is stored with another content.",
  },
  not_found: {
    status: 404,
    openai: "invalid_request_error",
    anthropic: "not_found_error",
    retry: false,
    meaning: "No record with this id.",
  },
  config_invalid: {
    status: 500,
    openai: "api_error",
    anthropic: "api_error",
    retry: false,
    meaning: "The config file is wrong; the message names file, line and fix.",
  },
} as const;

/** Code of an error in the table. */
export type ErrorCode = keyof typeof errors;

/** Holds the table to its row type; `as const` alone would let a misspelt column through. */
const checkedErrors: Readonly<Record<ErrorCode, ErrorRow>> = errors;
void checkedErrors;
