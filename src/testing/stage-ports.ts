import type { AlarmCode } from "../spec/metrics.ts";
import type { Cost } from "../spec/money.ts";
import type { AppendResult, LedgerStore, RequestRecord } from "../spec/ledger.ts";
import type { EnginePorts } from "../spec/context.ts";
import type { PriceBook } from "../spec/prices.ts";
import { type DialectName, dialectNames } from "../spec/request.ts";
import type { Dialect } from "../spec/dialect.ts";
import type { Usage } from "../spec/usage.ts";
import { createFakeClock, type FakeClock } from "./fake-clock.ts";
import { ListBodyStore } from "./list-body-store.ts";
import { Holdable } from "./holdable.ts";
import { MapAnswerStore } from "./map-answer-store.ts";
import { createPlainDialect } from "./plain-dialect.ts";
import { createScriptedTransport, type ScriptedTransport } from "./scripted-transport.ts";
import { createSeededRandom } from "./seeded-random.ts";

/** Ports that live in memory and can be looked into. */
export interface StagePorts extends EnginePorts {
  readonly clock: FakeClock;
  readonly transport: ScriptedTransport;
  readonly ledger: RecordingLedger;
  readonly answers: MapAnswerStore;
  readonly alarms: readonly string[];
}

/** Ports for one test. Time stands still, random numbers follow the seed, every token costs the same. */
export function createStagePorts(changes: Partial<EnginePorts> = {}, seed = 1): StagePorts {
  const clock = createFakeClock();
  const alarms: string[] = [];
  const ports: StagePorts = {
    clock,
    random: createSeededRandom(seed),
    transport: createScriptedTransport(clock),
    answers: new MapAnswerStore(),
    bodies: new ListBodyStore(),
    refresh: null,
    cpuHourPicoUsd: 40_000_000_000n,
    ledger: new RecordingLedger(),
    durability: "strict",
    prices: flatPrices,
    budgets: null,
    estimator: { isDue: () => true, learn: () => undefined, estimate: estimateByBytes },
    dialects: plainDialects(createPlainDialect),
    translator: { between: () => null, render: () => null },
    // The text itself is the key: tests then see what went into it.
    digest: (_owner, text) => text,
    configGeneration: 1,
    observers: [],
    alarm: (code: AlarmCode, detail: string) => {
      alarms.push(`${code}: ${detail}`);
    },
    alarms,
  };
  return { ...ports, ...(changes as Partial<StagePorts>) };
}

/** A dialect for every name. */
export function plainDialects(create: (name: DialectName) => Dialect): Readonly<Record<DialectName, Dialect>> {
  return Object.fromEntries(dialectNames.map((name) => [name, create(name)])) as Record<DialectName, Dialect>;
}

/** Ten bytes a token, at least one token of prompt. */
function estimateByBytes(_model: string, promptBytes: number, generatedBytes: number): Usage {
  const input = Math.max(1, Math.ceil(promptBytes / 10));
  return { source: "estimated", tokens: { input, output: Math.ceil(generatedBytes / 10) } };
}

/** Pico-dollars for a token of a model: its name's length, so that models differ; models that begin with `unpriced` have none. */
export const flatPrices: PriceBook = {
  version: "flat",
  costOf(_vendor: string, model: string, usage: Usage): Cost {
    if (model.startsWith("unpriced") || usage.source === "unknown") return { state: "unpriced", picoUsd: null };
    let tokens = 0;
    for (const count of Object.values(usage.tokens)) tokens += count ?? 0;
    const picoUsd = BigInt(tokens) * BigInt(model.length) * 1_000_000n;
    return { state: usage.source === "provider" ? "priced" : "estimated", picoUsd };
  },
  worstCase(_vendor: string, model: string, inputTokens: number, outputTokens: number): bigint | null {
    if (model.startsWith("unpriced")) return null;
    return BigInt(inputTokens + outputTokens) * BigInt(model.length) * 1_000_000n;
  },
};

/** A ledger that keeps its rows in an array. `result` is its answer to a row that must be synced; `hold` makes it wait. */
export class RecordingLedger extends Holdable implements LedgerStore {
  readonly records: RequestRecord[] = [];
  readonly synced: boolean[] = [];
  result: AppendResult = "synced";

  append(record: RequestRecord, sync: boolean): Promise<AppendResult> {
    this.records.push(record);
    this.synced.push(sync);
    if (!sync) return Promise.resolve("accepted");
    const { result } = this;
    return new Promise((resolve) => this.whenReleased(() => resolve(result)));
  }

  find(): Promise<null> {
    return Promise.resolve(null);
  }

  status(): { rowsQueued: number; rowsWritten: number; rowsSpooled: number; rowsDropped: number; lastError: null } {
    return { rowsQueued: 0, rowsWritten: this.records.length, rowsSpooled: 0, rowsDropped: 0, lastError: null };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
