/** How a model thinks and caches, by its name. */
export interface ModelTraits {
  /** 1.5 to 4. */
  readonly generation: number;
  /** Whether it can think at all, and whether it does without being asked. */
  readonly thinks: "never" | "if-asked" | "unless-told" | "always";
  /** Shortest prefix that the implicit cache finds; null: it has none (ai.google.dev/gemini-api/docs/caching, 2026). */
  readonly cacheTokensMin: number | null;
}

/** Traits of a model, as the pages "Gemini thinking" and "Context caching" describe the families. */
export function traitsOf(model: string): ModelTraits {
  const generation = Number(/gemini-(\d+(?:\.\d+)?)/.exec(model)?.[1] ?? "2");
  const isPro = /pro|argon/.test(model);
  if (generation < 2.5) return { generation, thinks: "never", cacheTokensMin: null };
  const cacheTokensMin = isPro ? 4_096 : 1_024;
  if (generation >= 3) return { generation, thinks: "always", cacheTokensMin };
  const thinks = isPro ? "always" : model.includes("lite") ? "if-asked" : "unless-told";
  return { generation, thinks, cacheTokensMin };
}
