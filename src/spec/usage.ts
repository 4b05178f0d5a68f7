/**
 * Kinds of token that a provider may price apart. They are disjoint: every billed token is in exactly one, so
 * their sum is the provider's total. Cache writes are split by lifetime because lifetimes have prices of their own.
 */
export const tokenClasses = [
  "input",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
  "cacheWriteLonger",
  "output",
  "reasoning",
  "audioInput",
  "audioOutput",
  "imageInput",
] as const;

/** One of {@link tokenClasses}. */
export type TokenClass = (typeof tokenClasses)[number];

/** The classes that are sent to the model; the others are produced by it. */
export const inputTokenClasses: readonly TokenClass[] = [
  "input",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
  "cacheWriteLonger",
  "audioInput",
  "imageInput",
];

/** Things other than tokens that a provider bills by: a class of its own for each, priced per one. */
export const billedUnits = [
  "audioInputSecond",
  "audioOutputSecond",
  "character",
  "image",
  "videoSecond",
  "page",
] as const;

/** One of {@link billedUnits}. */
export type BilledUnit = (typeof billedUnits)[number];

/** Who counted: the provider, we (from bytes and a learnt ratio), or nobody. A provider's zero is a value. */
export type UsageSource = "provider" | "estimated" | "unknown";

/** Tokens of one call by class. An absent class counts zero. Counts are integers from 0 to 2^53-1. */
export interface Usage {
  readonly source: UsageSource;
  readonly tokens: Readonly<Partial<Record<TokenClass, number>>>;
  /** Calls of tools that the provider runs and bills apart (web search, fetch); by the provider's name for them. */
  readonly serverToolCalls?: Readonly<Record<string, number>>;
  /** The tier that really served the call (`default`, `priority`, `flex`, `batch`), where the provider tells. */
  readonly serviceTier?: string;
  /** Seconds of audio, images and so on, where the vendor bills by them; counts from 0 up, seconds may be fractions of one. */
  readonly units?: Readonly<Partial<Record<BilledUnit, number>>>;
  /** Where it was served (`us`, `eu`), where the vendor charges a region more and its reply or its address tells. */
  readonly region?: string;
}

/** The usage of a call about which nothing is known. */
export const unknownUsage: Usage = { source: "unknown", tokens: {} };
