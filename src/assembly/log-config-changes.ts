import { isDeepStrictEqual } from "node:util";
import { describeBudget } from "../config/print-budget.ts";
import { readAppliedBudgets } from "../config/resolve-budgets.ts";
import type { FarthingConfig } from "../spec/config.ts";
import { type AdminChange, type AdminEntry, logAdminChanges, readAdminLog } from "./access/admin-log.ts";

/**
 * Logs what changed of budgets and prices since a gateway last said so: what is edited in a file is seen when it comes into
 * force. Budgets of `farthing apply` are its own to log.
 */
export function logConfigChanges(
  config: FarthingConfig,
  priceVersion: string,
  tool: "start" | "reload",
  nowMs: number,
): void {
  const { entries } = readAdminLog(config.dataDirectory, 0);
  const seen = entries.filter((entry) => entry.with === "start" || entry.with === "reload");
  const changes = [...changesOfBudgets(config, lastOf(seen, "budget.")), ...changeOfPrices(seen, priceVersion)];
  logAdminChanges(config.dataDirectory, tool, changes, nowMs);
}

/** What was last said of each subject. */
function lastOf(entries: readonly AdminEntry[], kind: string): ReadonlyMap<string, unknown> {
  const last = new Map<string, unknown>();
  for (const { what, subject, after } of entries) if (what.startsWith(kind)) last.set(subject, after);
  return last;
}

function changesOfBudgets(config: FarthingConfig, last: ReadonlyMap<string, unknown>): readonly AdminChange[] {
  const applied = new Set(readAppliedBudgets(config.dataDirectory, config.zone ?? "UTC").map(({ name }) => name));
  const own = (config.budgets ?? []).filter(({ name }) => !applied.has(name));
  const now = new Map(own.map((budget) => [budget.name, describeBudget(budget)]));
  return [...new Set([...last.keys(), ...now.keys()])].flatMap((subject) => {
    const before = last.get(subject) ?? null;
    const after = now.get(subject) ?? null;
    if (isDeepStrictEqual(before, after)) return [];
    const what = before === null ? "budget.create" : after === null ? "budget.remove" : "budget.change";
    return [{ what, subject, before, after }];
  });
}

function changeOfPrices(seen: readonly AdminEntry[], version: string): readonly AdminChange[] {
  const before = seen.findLast(({ what }) => what === "prices.change")?.subject ?? null;
  return before === version ? [] : [{ what: "prices.change", subject: version, before, after: version }];
}
