/** Names of the tier that the book's prices are for: OpenAI says `default`, Anthropic `standard`. */
export const defaultServiceTiers: ReadonlySet<string> = new Set(["default", "standard"]);

/** What vendors say of a call that they served wherever they liked (Anthropic's `inference_geo`): no region, no uplift. */
export const defaultRegions: ReadonlySet<string> = new Set(["global"]);
