/**
 * Which settings a model of this dialect takes. The API refuses what a model does not know, so a request that comes
 * from another dialect, whose caller could not know, has to be written for the model it goes to.
 */
export interface ModelRules {
  /** Takes `thinking: adaptive`. */
  readonly adaptive: boolean;
  /** Takes `thinking: enabled` with a budget. */
  readonly budget: boolean;
  /** How thinking is turned off: by `disabled`, at least as far as `between_tools`, or not at all. */
  readonly off: "disabled" | "between_tools" | "never";
  /** Thinks when the request says nothing of thinking. */
  readonly thinksUnasked: boolean;
  /** Levels of `output_config.effort` in rising order; empty: takes none. */
  readonly efforts: readonly string[];
  /** Takes temperature, top_p and top_k: all together, not both of the first two, or none of them. */
  readonly sampling: "all" | "one" | "none";
  /** Takes messages of the role `system` between the turns. */
  readonly systemTurns: boolean;
  /** Takes back thinking that it did not sign itself. */
  readonly unsignedThinking: boolean;
}

const allEfforts = ["low", "medium", "high", "xhigh", "max"] as const;

const always: ModelRules = {
  adaptive: true,
  budget: false,
  off: "never",
  thinksUnasked: true,
  efforts: allEfforts,
  sampling: "none",
  systemTurns: true,
  unsignedThinking: false,
};
const generation5: ModelRules = { ...always, off: "disabled" };
const opus48: ModelRules = { ...generation5, thinksUnasked: false };
const generation46: ModelRules = {
  ...opus48,
  budget: true,
  efforts: ["low", "medium", "high", "max"],
  sampling: "one",
  systemTurns: false,
};
const generation45: ModelRules = { ...generation46, adaptive: false, efforts: [] };
const generation37: ModelRules = { ...generation45, sampling: "all" };
const thoughtless: ModelRules = { ...generation37, budget: false };

/**
 * Models of other vendors behind this dialect. DeepSeek's page on its thinking mode (api-docs.deepseek.com, read
 * 2026-11-21) has `thinking: enabled` and `disabled`; none of them signs thinking as Claude does.
 */
const otherVendors: ModelRules = { ...generation37, unsignedThinking: true };

/**
 * Rows from new to old for each family, `505` for version 5.5; the first that the model reaches holds. Sources, read 2026-11-21:
 * anthropics/skills skills/claude-api/references/thinking-effort.md and mid-conversation-system-messages.md; for the
 * models since September 2026 the release notes of vercel/ai packages/anthropic and @langchain/anthropic 1.5.13.
 */
const rows: readonly (readonly [family: string, from: number, rules: ModelRules])[] = [
  ["fable", 0, always],
  ["mythos", 0, always],
  ["opus", 505, always],
  ["opus", 500, generation5],
  ["opus", 408, opus48],
  ["opus", 407, { ...opus48, systemTurns: false }],
  ["opus", 406, generation46],
  ["opus", 405, { ...generation45, efforts: ["low", "medium", "high"] }],
  ["sonnet", 505, { ...always, off: "between_tools" }],
  ["sonnet", 500, { ...generation5, systemTurns: false }],
  ["sonnet", 406, generation46],
  ["sonnet", 405, generation45],
  ["haiku", 500, generation5],
  ["haiku", 405, generation45],
  ["opus", 401, generation45],
  ["opus", 400, generation37],
  ["sonnet", 307, generation37],
  ["", 0, thoughtless],
];

/** Family and version, in either order: `claude-opus-4-8`, `anthropic/claude-opus-4.8`, `claude-3-7-sonnet-20250219`. */
const named = /claude-(?:([a-z]+)-)?(\d)(?:[.-](\d{1,2}))?(?!\d)(?:-([a-z]+))?/i;

/** The rules of a model by its name; an unknown Claude is taken for the newest. */
export function rulesOf(model: string): ModelRules {
  if (!/claude-/i.test(model)) return otherVendors;
  const [, before, major, minor, after] = named.exec(model) ?? [];
  if (major === undefined) return always;
  const family = (before ?? after ?? "").toLowerCase();
  const version = Number(major) * 100 + Number(minor ?? 0);
  const row = rows.find(([name, from]) => (name === family || name === "") && version >= from);
  // A family that the table does not name yet is a new one.
  if (row === undefined || (row[0] === "" && version >= 500)) return always;
  return row[2];
}
