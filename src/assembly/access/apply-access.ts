import { isDeepStrictEqual } from "node:util";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { AccessDocument, DeclaredKey } from "../../config/load-access.ts";
import { describeBudget } from "../../config/print-budget.ts";
import { appliedBudgetsFile, readAppliedBudgets } from "../../config/resolve-budgets.ts";
import type { Budget } from "../../spec/budget.ts";
import type { FarthingConfig, LocalKey } from "../../spec/config.ts";
import { type AdminChange, logAdminChanges } from "./admin-log.ts";
import { type DataDirectory, writePrivateFile } from "../data-directory.ts";
import { createKeyedDigests } from "./keyed-digests.ts";
import { describeLocalKey, makeLocalKey, readLocalKeys, writeLocalKeys } from "./local-keys.ts";

/** What `farthing apply` would change, in order. Nothing to do: no changes. */
export interface AccessPlan {
  readonly changes: readonly PlannedChange[];
  /** All keys and applied budgets as they will be; new keys have no secret yet. */
  readonly keys: readonly (LocalKey | DeclaredKey)[];
  readonly budgets: readonly Budget[];
}

/** One change of the plan. */
export interface PlannedChange extends AdminChange {
  /** Name of the key or budget, or the id of a key without one. */
  readonly name: string;
}

/** A key that an apply made: its text is seen this once. */
export interface NewKey {
  readonly name: string;
  readonly id: string;
  readonly key: string;
}

/**
 * What has to change for a data directory to be as the file says. Keys and budgets are known by their names; with `prune`, those
 * that the file does not name go, keys without a name among them.
 * @throws FarthingError `invalid_request` where a name is not the file's to use.
 */
export function planAccess(
  document: AccessDocument,
  config: FarthingConfig,
  keysFile: string,
  prune: boolean,
): AccessPlan {
  const keyPlan = planKeys(document.keys, readLocalKeys(keysFile), prune);
  const budgetPlan = planBudgets(document.budgets, config, prune);
  return {
    changes: [...keyPlan.changes, ...budgetPlan.changes],
    keys: keyPlan.keys,
    budgets: budgetPlan.budgets,
  };
}

/** Carries a plan out: both files are replaced in one step each, every change is logged. Returns the new keys. */
export function applyAccess(plan: AccessPlan, directory: DataDirectory, nowMs: number): readonly NewKey[] {
  if (plan.changes.length === 0) return [];
  const digests = createKeyedDigests(directory.secret);
  const made: NewKey[] = [];
  const ids = new Map<string, string>();
  const keys = plan.keys.map((key) => {
    if ("digest" in key) return key;
    const { key: text, stored } = makeLocalKey(digests, key);
    made.push({ name: key.name, id: stored.id, key: text });
    ids.set(key.name, stored.id);
    return stored;
  });
  if (plan.changes.some(({ what }) => what.startsWith("key."))) writeLocalKeys(directory.keysFile, keys);
  if (plan.changes.some(({ what }) => what.startsWith("budget."))) writeBudgets(directory.path, plan.budgets);
  const changes = plan.changes.map(({ name, ...change }) =>
    change.what === "key.create" ? { ...change, subject: ids.get(name) ?? name } : change,
  );
  logAdminChanges(directory.path, "apply", changes, nowMs);
  return made;
}

function planKeys(
  declared: readonly DeclaredKey[],
  present: readonly LocalKey[],
  prune: boolean,
): { readonly changes: readonly PlannedChange[]; readonly keys: readonly (LocalKey | DeclaredKey)[] } {
  const changes: PlannedChange[] = [];
  const wanted = new Map(declared.map((key) => [key.name, key]));
  const met = new Set<string>();
  const kept = present.flatMap((key): readonly LocalKey[] => {
    const want = key.name === undefined ? undefined : wanted.get(key.name);
    if (want === undefined) {
      if (!prune) return [key];
      const what = "key.revoke";
      changes.push({ what, name: key.name ?? key.id, subject: key.id, before: describeLocalKey(key), after: null });
      return [];
    }
    if (met.has(want.name)) throw sharedName(want.name);
    met.add(want.name);
    const { id, digest, previous } = key;
    const next: LocalKey = { ...want, id, digest, ...(previous === undefined ? {} : { previous }) };
    if (isDeepStrictEqual(describeLocalKey(next), describeLocalKey(key))) return [key];
    const [before, after] = [describeLocalKey(key), describeLocalKey(next)];
    changes.push({ what: "key.change", name: want.name, subject: id, before, after });
    return [next];
  });
  const fresh = declared.filter(({ name }) => !met.has(name));
  for (const key of fresh)
    changes.push({ what: "key.create", name: key.name, subject: key.name, before: null, after: key });
  return { changes, keys: [...kept, ...fresh] };
}

function planBudgets(
  declared: readonly Budget[],
  config: FarthingConfig,
  prune: boolean,
): { readonly changes: readonly PlannedChange[]; readonly budgets: readonly Budget[] } {
  const applied = readAppliedBudgets(config.dataDirectory, config.zone ?? "UTC");
  const appliedNames = new Set(applied.map(({ name }) => name));
  const configured = new Set((config.budgets ?? []).map(({ name }) => name).filter((name) => !appliedNames.has(name)));
  const taken = declared.find(({ name }) => configured.has(name));
  if (taken !== undefined) {
    const message = `The budget ${taken.name} stands in the config file already. Take it out of one of the two.`;
    throw new FarthingError("invalid_request", message);
  }
  const wanted = new Map(declared.map((budget) => [budget.name, budget]));
  const kept = applied.flatMap((budget) => wanted.get(budget.name) ?? (prune ? [] : [budget]));
  const fresh = declared.filter(({ name }) => !appliedNames.has(name));
  const budgets = [...kept, ...fresh];
  return { changes: budgetChanges(applied, budgets), budgets };
}

/** What makes the second list out of the first, as lines of the log. */
export function budgetChanges(before: readonly Budget[], after: readonly Budget[]): readonly PlannedChange[] {
  const old = new Map(before.map((budget) => [budget.name, describeBudget(budget)]));
  const next = new Map(after.map((budget) => [budget.name, describeBudget(budget)]));
  const names = [...new Set([...old.keys(), ...next.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [old.get(name) ?? null, next.get(name) ?? null];
    if (isDeepStrictEqual(was, is)) return [];
    const what = was === null ? "budget.create" : is === null ? "budget.remove" : "budget.change";
    return [{ what, name, subject: name, before: was, after: is }];
  });
}

function writeBudgets(directory: string, budgets: readonly Budget[]): void {
  const content = { version: 1, budgets: budgets.map(describeBudget) };
  writePrivateFile(appliedBudgetsFile(directory), `${JSON.stringify(content, null, 2)}\n`);
}

function sharedName(name: string): FarthingError {
  const message = `Two keys are named ${name}. Revoke one of them first: farthing keys list.`;
  return new FarthingError("invalid_request", message);
}
