import type { PriceBook } from "../../src/spec/prices.ts";
import type { Usage } from "../../src/spec/usage.ts";
import { askedModel, localKeyTenant } from "../workload/features.ts";
import { buildBody } from "../workload/build-body.ts";
import type { RowDialect, WorkloadRow } from "../workload/workload-row.ts";
import type { LedgerLine } from "./ledger-line.ts";
import type { SettledRow } from "./settled-row.ts";

/** What one token costs, in pico-dollars; other models are unknown. */
const tokenPrices: ReadonlyMap<string, bigint> = new Map([
  ["openai/gpt-4o", 100n],
  ["openai/gpt-4o-mini", 6n],
  ["anthropic/claude-sonnet-4-6", 120n],
  ["anthropic/claude-haiku-4-5", 40n],
]);

/** Prices for tests of the arithmetic, the same for every class of token. */
export const testPrices: PriceBook = {
  version: "test",
  costOf: (vendor, model, { tokens }) => {
    const price = tokenPrices.get(`${vendor}/${model}`);
    const count = Object.values(tokens).reduce((sum, one) => sum + one, 0);
    return price === undefined
      ? { state: "unpriced", picoUsd: null }
      : { state: "priced", picoUsd: price * BigInt(count) };
  },
  worstCase: () => null,
};

function usageOf(tokens: bigint): Usage {
  return { source: "provider", tokens: { input: Number(tokens) } };
}

/** What a test wants to differ from a plain original row that was answered as asked for 100 pico-dollars. */
export interface SettledRowChanges {
  readonly row?: Partial<Omit<WorkloadRow, "dialect" | "body">>;
  readonly dialect?: RowDialect;
  readonly line?: Partial<LedgerLine>;
  readonly text?: string;
}

/** A settled row for tests of the arithmetic. */
export function settledRow(id: string, changes: SettledRowChanges = {}): SettledRow {
  const row: WorkloadRow = {
    id,
    cluster: `classification-${id}`,
    variant: "original",
    repeats: null,
    together: false,
    expectedRoute: "cheap",
    expectsTranslation: false,
    task: "classification",
    feature: "ticket-triage",
    user: "u1",
    team: "support",
    session: null,
    tenant: "larkspur-eu",
    stream: false,
    streamUsage: false,
    ...buildBody(changes.dialect ?? "openai-chat", "classification", { system: "", user: "" }),
    ...changes.row,
  };
  const line: LedgerLine = {
    requestId: `fr_${id}`,
    arrivedAtMs: 0,
    outcome: "ok",
    requestedModel: "gpt-4o",
    calledModel: "gpt-4o",
    usage: usageOf(1n),
    translation: null,
    cache: "miss",
    costPicoUsd: 100n,
    callsPicoUsd: changes.line?.costPicoUsd === undefined ? 100n : changes.line.costPicoUsd,
    baselinePicoUsd: 100n,
    savings: [],
    providerRequestIds: [`req-${id}`],
    ...changes.line,
  };
  const text = changes.text ?? `answer of ${changes.row?.repeats ?? id}`;
  return {
    row,
    outcome: { text, status: 200, requestId: line.requestId, durationMs: 1, failure: null, failureCode: null },
    line,
  };
}

/** The ledger's line of an answer that was not bought. */
export function reusedLine(cache: "hit" | "coalesced", baselinePicoUsd: bigint): Partial<LedgerLine> {
  const technique = cache === "hit" ? "exact-cache" : "coalesce";
  const savings = [{ technique, picoUsd: baselinePicoUsd }];
  return { cache, calledModel: null, costPicoUsd: 0n, baselinePicoUsd, savings, providerRequestIds: [] };
}

/** The ledger's line of an answer that the cheaper model gave, at the prices of {@link testPrices}. */
export function reroutedLine(baselinePicoUsd: bigint, costPicoUsd: bigint): Partial<LedgerLine> {
  const savings = [{ technique: "choose-target", picoUsd: baselinePicoUsd - costPicoUsd }];
  return { calledModel: "gpt-4o-mini", usage: usageOf(costPicoUsd / 6n), costPicoUsd, baselinePicoUsd, savings };
}

/** A row of Anthropic's dialect that was to be translated and was: OpenAI's smaller model answered it with 10 tokens. */
export const translatedChanges: SettledRowChanges = {
  row: { tenant: localKeyTenant, expectsTranslation: true },
  dialect: "anthropic-messages",
  line: {
    ...reroutedLine(1_200n, 60n),
    requestedModel: askedModel["anthropic-messages"],
    translation: "200, as openai-chat",
  },
};
