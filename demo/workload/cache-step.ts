/** What the answer caches are put to the test with, in the order in which it is shown. */
export const cacheKinds = [
  "spelling",
  "near-miss",
  "mode",
  "private",
  "embeddings",
  "tools",
  "documents",
  "stale",
  "wishes",
  "compliance",
] as const;

/** One of {@link cacheKinds}. */
export type CacheKind = (typeof cacheKinds)[number];

/**
 * One request of the caches' part, with its label. Steps are sent one after the other, since what one may get depends on
 * those before it; each has its own reason to be bought or not.
 */
export interface CacheStep {
  readonly id: string;
  readonly kind: CacheKind;
  readonly path: "/v1/chat/completions" | "/v1/embeddings";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** `partly`: some of its inputs are known, and only the others may be bought. */
  readonly expects: "bought" | "reused" | "partly";
  /** Step whose very answer a reused one has to be; null: that of a call that no step made. */
  readonly sameAs: string | null;
  /** What happens before it is sent. */
  readonly before: { readonly forgetDocuments: readonly string[] } | { readonly waitMs: number } | null;
}

/** Tasks that the config's routes for this part go by; each has a cache of its own kind. */
export const cacheTasks = {
  folded: "cache-folded",
  private: "cache-private",
  tools: "cache-tools",
  documents: "cache-documents",
  stale: "cache-stale",
} as const;

/** The only tool of these requests whose calls have no effect. */
export const pureTool = "get_weather";
/** Life of a stale route's answers, milliseconds. */
export const staleTtlMs = 2_000;

/** What a step may differ in from a plain question that is bought. */
export type StepChanges = Partial<Pick<CacheStep, "expects" | "sameAs" | "before" | "headers">> & {
  readonly members?: Readonly<Record<string, unknown>>;
  readonly user?: string;
};

/** Gives steps their ids. */
export type AddStep = (kind: CacheKind, task: string, text: string, changes?: StepChanges) => string;
