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

/** A model at the vendor that serves it; a rule of the config writes `vendor/model`. */
export interface VendorModel {
  readonly vendor: string;
  readonly model: string;
}

/** The vendor whose own dialect it is. */
export const vendorOf: Readonly<Record<RowDialect, string>> = {
  "openai-chat": "openai",
  "anthropic-messages": "anthropic",
};

const smallOpenai: VendorModel = { vendor: "openai", model: "gpt-4o-mini" };
const smallAnthropic: VendorModel = { vendor: "anthropic", model: "claude-haiku-4-5" };

/**
 * The smaller models that the demo's operator allows for easy work, cheapest first; tested against the price book. Anthropic's
 * is dearer than OpenAI's for every class of token, so nothing that was asked of OpenAI crosses over.
 */
export const easyTargets: Readonly<Record<RowDialect, readonly VendorModel[]>> = {
  "openai-chat": [smallOpenai],
  "anthropic-messages": [smallOpenai, smallAnthropic],
};

/** The business unit that calls with a local key of the gateway, and so at the expense of the server's provider keys. */
export const localKeyTenant = "larkspur-labs";

/** Business units, each about a quarter of the rows. All but {@link localKeyTenant} pay with provider keys of their own; none may be served another's cached answer. */
export const tenants: readonly string[] = ["larkspur-eu", "larkspur-us", "larkspur-apac", localKeyTenant];

/** The target meant for a tenant's easy work: the cheapest that its key reaches. An own key reaches its own vendor only. */
export function easyTargetOf(dialect: RowDialect, tenant: string): VendorModel {
  const reached = easyTargets[dialect].filter(
    ({ vendor }) => tenant === localKeyTenant || vendor === vendorOf[dialect],
  );
  const [target] = reached;
  if (target === undefined) throw new Error(`no target for easy work of ${tenant} in ${dialect}`);
  return target;
}

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
