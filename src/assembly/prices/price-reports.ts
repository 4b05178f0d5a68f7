import { existsSync } from "node:fs";
import type { Attempt } from "../../spec/attempt.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { ledgerFile } from "../../stores/sqlite/data-directory.ts";
import { readCalls } from "../../stores/sqlite/requests/read-calls.ts";

/** Every call of a window, failed ones too; none where there is no ledger yet. */
export function readLedgerCalls({ dataDirectory }: FarthingConfig, fromMs: number, toMs: number): Iterable<Attempt> {
  return existsSync(ledgerFile(dataDirectory)) ? readCalls(dataDirectory, fromMs, toMs) : [];
}

/** A model that was called in a window, and how its price was known. */
export interface CalledModel {
  readonly vendor: string;
  readonly model: string;
  readonly calls: number;
  readonly unpriced: number;
  readonly estimated: number;
}

/** The models that were called and may have cost something, most called first. */
export function calledModels(config: FarthingConfig, fromMs: number, toMs: number): readonly CalledModel[] {
  const models = new Map<string, { -readonly [name in keyof CalledModel]: CalledModel[name] }>();
  for (const { vendor, model, cost, usage } of readLedgerCalls(config, fromMs, toMs)) {
    if (cost.state === "free") continue;
    const name = JSON.stringify([vendor, model]);
    const found = models.get(name) ?? { vendor, model, calls: 0, unpriced: 0, estimated: 0 };
    found.calls += 1;
    if (cost.state === "unpriced") found.unpriced += 1;
    if (cost.state === "estimated" && usage.source === "provider") found.estimated += 1;
    models.set(name, found);
  }
  return [...models.values()].toSorted((left, right) => right.calls - left.calls);
}
