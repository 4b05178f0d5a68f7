import { createHash } from "node:crypto";
import type { EndedLine, LogLine } from "../../src/testing/fake-provider/call-log.ts";
import { openLedgerFile } from "../proofs/ledger-rows.ts";
import type { PlannedGroup } from "./plan.ts";

/** What a provider would invoice for a group. */
export interface Invoice {
  readonly picoUsd: bigint;
  readonly calls: number;
  /** Calls of a model without a price; they are in no sum. */
  readonly unpriced: number;
}

/** One line of a row's savings. */
export interface SavingLine {
  readonly technique: string;
  readonly picoUsd: bigint;
  readonly method: string;
}

/** What the ledger says of a group. */
export interface GroupLedger {
  readonly rows: number;
  readonly costPicoUsd: bigint;
  /** The part of the cost that providers bill: that of the rows' attempts. The rest is what the gateway spent itself, on lookups. */
  readonly billedPicoUsd: bigint;
  readonly baselinePicoUsd: bigint;
  readonly savings: readonly SavingLine[];
  /** Rows whose cost or baseline is an estimate. */
  readonly estimated: number;
  readonly estimatedPicoUsd: bigint;
  readonly unpriced: number;
  readonly callsByRequestId: readonly string[];
}

const noInvoice: Invoice = { picoUsd: 0n, calls: 0, unpriced: 0 };

/** Adds up lines of a provider's log. */
export function addInvoice(lines: readonly EndedLine[]): Invoice {
  return lines.reduce(
    (sum, { invoicePicoUsd }) => ({
      picoUsd: sum.picoUsd + BigInt(invoicePicoUsd ?? "0"),
      calls: sum.calls + 1,
      unpriced: sum.unpriced + (invoicePicoUsd === null ? 1 : 0),
    }),
    noInvoice,
  );
}

/** The log's lines by the digest of the key that they came with, and by the provider's id. */
export interface LogIndex {
  readonly byKey: ReadonlyMap<string, readonly EndedLine[]>;
  readonly byId: ReadonlyMap<string, EndedLine>;
  readonly calls: number;
}

/** Calls that are over. */
export function indexLog(log: readonly LogLine[]): LogIndex {
  const byKey = new Map<string, EndedLine[]>();
  const byId = new Map<string, EndedLine>();
  let calls = 0;
  for (const line of log) {
    if (line.event !== "ended") continue;
    calls += 1;
    const list = byKey.get(line.keyDigest ?? "") ?? [];
    list.push(line);
    byKey.set(line.keyDigest ?? "", list);
    byId.set(line.requestId, line);
  }
  return { byKey, byId, calls };
}

/** As the provider's log shows a key. */
export function digestOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 16);
}

/** The ledger's rows by group, read with SQL of the bench's own. */
export function readGroups(directory: string): ReadonlyMap<number, GroupLedger> {
  const database = openLedgerFile(directory);
  try {
    const calls = new Map<string, RowCalls>();
    for (const row of database.prepare("SELECT request_id, provider_request_id, cost_pico_usd FROM attempts").all()) {
      const known = calls.get(String(row["request_id"])) ?? noCalls;
      const { provider_request_id: id, cost_pico_usd: cost } = row;
      calls.set(String(row["request_id"]), {
        ids: id === null ? known.ids : [...known.ids, String(id)],
        picoUsd: known.picoUsd + BigInt(String(cost ?? 0)),
      });
    }
    const groups = new Map<number, GroupLedger>();
    for (const row of database.prepare("SELECT * FROM requests").all()) {
      const step = Number(row["step"]);
      groups.set(step, addRow(groups.get(step), row, calls.get(String(row["id"])) ?? noCalls));
    }
    return groups;
  } finally {
    database.close();
  }
}

/** The calls of one row: the provider's ids, and what they cost together. */
interface RowCalls {
  readonly ids: readonly string[];
  readonly picoUsd: bigint;
}

const noCalls: RowCalls = { ids: [], picoUsd: 0n };

const noLedger: GroupLedger = {
  rows: 0,
  costPicoUsd: 0n,
  billedPicoUsd: 0n,
  baselinePicoUsd: 0n,
  savings: [],
  estimated: 0,
  estimatedPicoUsd: 0n,
  unpriced: 0,
  callsByRequestId: [],
};

function addRow(
  group: GroupLedger = noLedger,
  row: Readonly<Record<string, unknown>>,
  { ids, picoUsd: billedPicoUsd }: RowCalls,
): GroupLedger {
  const lines = JSON.parse(String(row["savings"] ?? "[]")) as readonly (readonly [string, string, string])[];
  const states = [row["cost_state"], row["baseline_state"]];
  const unpriced = states.includes("unpriced");
  const estimated = states.includes("estimated");
  const cost = unpriced ? 0n : BigInt(String(row["cost_pico_usd"]));
  return {
    rows: group.rows + 1,
    costPicoUsd: group.costPicoUsd + cost,
    billedPicoUsd: group.billedPicoUsd + (unpriced ? 0n : billedPicoUsd),
    baselinePicoUsd: group.baselinePicoUsd + (unpriced ? 0n : BigInt(String(row["baseline_pico_usd"]))),
    savings: [
      ...group.savings,
      ...lines.map(([technique, picoUsd, method]) => ({ technique, picoUsd: BigInt(picoUsd), method })),
    ],
    estimated: group.estimated + (estimated ? 1 : 0),
    estimatedPicoUsd: group.estimatedPicoUsd + (estimated ? cost : 0n),
    unpriced: group.unpriced + (unpriced ? 1 : 0),
    callsByRequestId: [...group.callsByRequestId, ...ids],
  };
}

/** One group on both sides. */
export interface TwinGroup {
  readonly group: PlannedGroup;
  readonly direct: Invoice;
  readonly through: Invoice;
  readonly ledger: GroupLedger;
}

/** Joins plan, both logs and the ledger. Groups under the server's key are found by the provider's ids in their rows. */
export function joinSides(
  groups: readonly PlannedGroup[],
  direct: LogIndex,
  through: LogIndex,
  ledger: ReadonlyMap<number, GroupLedger>,
): readonly TwinGroup[] {
  return groups.map((group) => {
    const rows = ledger.get(group.index) ?? noLedger;
    const lines = group.usesLocalKey
      ? rows.callsByRequestId.flatMap((id) => through.byId.get(id) ?? [])
      : (through.byKey.get(digestOf(group.key)) ?? []);
    return {
      group,
      direct: addInvoice(direct.byKey.get(digestOf(group.key)) ?? []),
      through: addInvoice(lines),
      ledger: rows,
    };
  });
}
