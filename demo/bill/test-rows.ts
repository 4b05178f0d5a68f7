import type { WorkloadRow } from "../workload/workload-row.ts";
import type { LedgerLine } from "./ledger-line.ts";
import type { SettledRow } from "./settled-row.ts";

/** What a test wants to differ from a plain original row that was answered as asked for 100 pico-dollars. */
export interface SettledRowChanges {
  readonly row?: Partial<Omit<WorkloadRow, "dialect" | "body">>;
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
    task: "classification",
    feature: "ticket-triage",
    user: "u1",
    team: "support",
    tenant: "larkspur-eu",
    stream: false,
    streamUsage: false,
    dialect: "openai-chat",
    body: { model: "gpt-4o", messages: [], max_completion_tokens: 24, temperature: 0 },
    ...changes.row,
  };
  const line: LedgerLine = {
    requestId: `fr_${id}`,
    requestedModel: "gpt-4o",
    calledModel: "gpt-4o",
    cache: "miss",
    costPicoUsd: 100n,
    baselinePicoUsd: 100n,
    savings: [],
    providerRequestIds: [`req-${id}`],
    ...changes.line,
  };
  const text = changes.text ?? `answer of ${changes.row?.repeats ?? id}`;
  return { row, outcome: { text, status: 200, requestId: line.requestId, durationMs: 1, failure: null }, line };
}

/** The ledger's line of an answer that was not bought. */
export function reusedLine(cache: "hit" | "coalesced", baselinePicoUsd: bigint): Partial<LedgerLine> {
  const technique = cache === "hit" ? "exact-cache" : "coalesce";
  const savings = [{ technique, picoUsd: baselinePicoUsd }];
  return { cache, calledModel: null, costPicoUsd: 0n, baselinePicoUsd, savings, providerRequestIds: [] };
}

/** The ledger's line of an answer that the cheaper model gave. */
export function reroutedLine(baselinePicoUsd: bigint, costPicoUsd: bigint): Partial<LedgerLine> {
  const savings = [{ technique: "choose-target", picoUsd: baselinePicoUsd - costPicoUsd }];
  return { calledModel: "gpt-4o-mini", costPicoUsd, baselinePicoUsd, savings };
}
