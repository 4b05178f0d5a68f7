/** Where a server departs from the dialect it speaks. Code asks for these, never for a vendor's name. */
export interface Quirks {
  /** False for servers that reject `stream_options`, or that report usage in every stream unasked. */
  readonly acceptsStreamUsage: boolean;
  /** The name that openai-chat's output limit has there. */
  readonly outputLimitField: "max_tokens" | "max_completion_tokens";
  /** `prompt_tokens` leaves out what was read from the cache. Default: it is inside. */
  readonly cachedTokensOutside: boolean;
  /** `completion_tokens` leaves out the thinking. Default: it is inside. */
  readonly reasoningTokensOutside: boolean;
  /** How far `response_format: json_schema` is kept: exactly, as a hint, or not at all (then it is refused there). */
  readonly jsonSchema: "strict" | "hint" | "none";
  /** Role of instructions in openai-chat. */
  readonly systemRole: "system" | "developer";
  /** Takes thinking back in an assistant's message of openai-chat (`reasoning_content`); others refuse the whole request. */
  readonly takesReasoning: boolean;
  /** Takes instructions in several messages, also between turns; false: only one, before the first turn. */
  readonly takesSystemTurns: boolean;
}

/** What a server without any quirk does. */
export const noQuirks: Quirks = {
  acceptsStreamUsage: true,
  outputLimitField: "max_completion_tokens",
  cachedTokensOutside: false,
  reasoningTokensOutside: false,
  jsonSchema: "strict",
  systemRole: "system",
  takesReasoning: true,
  takesSystemTurns: true,
};
