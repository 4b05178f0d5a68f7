import type { RowDialect, Task } from "./workload-row.ts";

/** An application of the invented firm that calls a model. */
export interface Feature {
  readonly name: string;
  readonly team: string;
  readonly dialect: RowDialect;
  /** Share of its task's requests, in percent; the shares of one task sum to 100. */
  readonly percentOfTask: number;
}

/** Who sends the requests of each task. */
export const featuresOf: Readonly<Record<Task, readonly Feature[]>> = {
  classification: [
    { name: "ticket-triage", team: "support", dialect: "openai-chat", percentOfTask: 62 },
    { name: "review-screening", team: "shop", dialect: "anthropic-messages", percentOfTask: 38 },
  ],
  qa: [
    { name: "help-centre", team: "support", dialect: "anthropic-messages", percentOfTask: 58 },
    { name: "staff-handbook", team: "people", dialect: "openai-chat", percentOfTask: 42 },
  ],
  summary: [
    { name: "meeting-minutes", team: "operations", dialect: "openai-chat", percentOfTask: 45 },
    { name: "incident-digest", team: "engineering", dialect: "anthropic-messages", percentOfTask: 30 },
    { name: "contract-brief", team: "legal", dialect: "openai-chat", percentOfTask: 25 },
  ],
  code: [
    { name: "code-assistant", team: "engineering", dialect: "anthropic-messages", percentOfTask: 60 },
    { name: "query-doctor", team: "data", dialect: "openai-chat", percentOfTask: 40 },
  ],
  compliance: [
    { name: "contract-check", team: "legal", dialect: "anthropic-messages", percentOfTask: 50 },
    { name: "customer-due-diligence", team: "risk", dialect: "openai-chat", percentOfTask: 50 },
  ],
};

/** What every application asks for, whatever the work: the habit that the bill comes from. */
export const askedModel: Readonly<Record<RowDialect, string>> = {
  "openai-chat": "gpt-4o",
  "anthropic-messages": "claude-sonnet-4-6",
};

/** The smaller model of the same vendor that the demo's operator allows for easy work. */
export const cheapModel: Readonly<Record<RowDialect, string>> = {
  "openai-chat": "gpt-4o-mini",
  "anthropic-messages": "claude-haiku-4-5",
};

/** Price of the cheaper model as a fraction (part, whole) of the asked one's: the same for every class of token, tested against the price book. */
export const cheapPriceRatio: Readonly<Record<RowDialect, readonly [part: bigint, whole: bigint]>> = {
  "openai-chat": [6n, 100n],
  "anthropic-messages": [1n, 3n],
};

/** Business units; each pays with provider keys of its own, so none may be served another's cached answer. */
export const tenants: readonly string[] = ["larkspur-eu", "larkspur-us", "larkspur-apac"];

/** Longest answer asked for, tokens; wide enough that no answer is cut. */
export const outputTokensMax: Readonly<Record<Task, number>> = {
  classification: 24,
  qa: 300,
  summary: 350,
  code: 800,
  compliance: 700,
};

/** Share of a task's requests that are streamed; about a third of all. */
export const streamedShare: Readonly<Record<Task, number>> = {
  classification: 0.1,
  qa: 0.75,
  summary: 0.55,
  code: 0.4,
  compliance: 0,
};
