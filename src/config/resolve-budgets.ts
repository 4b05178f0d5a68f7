import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { isTimeZone } from "../kit/zoned-time.ts";
import { type Budget, type BudgetMeasure, budgetMeasures, type Subject, subjectNames } from "../spec/budget.ts";
import type { FarthingConfig } from "../spec/config.ts";
import { type BudgetDocument, budgetList } from "./budget-schema.ts";
import type { ConfigDocument } from "./config-document.ts";
import { type ConfigPath, formatPath } from "./config-problem.ts";
import { splitWording } from "./field-types.ts";
import type { ProblemList } from "./problem-list.ts";

/** Takes what is wrong with one budget: the field, what, and what to do. */
export type BudgetProblem = (path: ConfigPath, message: string, fix: string) => void;

/** The budgets that `farthing apply` keeps in a data directory. */
export function appliedBudgetsFile(dataDirectory: string): string {
  return join(dataDirectory, "budgets.json");
}

/** The budgets in force, in order: those of the config, then those of `farthing apply`; and the zone of daily figures. */
export function resolveBudgets(
  document: Pick<ConfigDocument, "budgets" | "zone">,
  dataDirectory: string,
  list: ProblemList,
): Pick<FarthingConfig, "budgets" | "zone"> {
  const zone = document.zone ?? "UTC";
  if (!isTimeZone(zone)) list.add(["zone"], ...zoneWords);
  const own = joinBudgets(document.budgets, zone, [], (path, message, fix) => {
    // A limit that was wrong is told already, and gone.
    if (path.length > 1 || !list.isWrong(["budgets", ...path])) list.add(["budgets", ...path], message, fix);
  });
  const file = appliedBudgetsFile(dataDirectory);
  const outside: BudgetProblem = (path, message, fix) =>
    list.addOutside(file, formatPath(["budgets", ...path]), message, fix);
  const applied = joinBudgets(readApplied(file, outside), zone, own, outside);
  return { budgets: [...own, ...applied], ...(document.zone === undefined ? {} : { zone }) };
}

/** The budgets that `farthing apply` keeps, in order. What is wrong with them was told when the config was loaded. */
export function readAppliedBudgets(dataDirectory: string, zone: string): readonly Budget[] {
  return joinBudgets(readApplied(appliedBudgetsFile(dataDirectory), silent), zone, [], silent);
}

const silent: BudgetProblem = () => undefined;
const zoneWords = ["is not a time zone", "Write a name such as Europe/Berlin or UTC."] as const;

/** Budgets of parsed documents. What is wrong is left out and told. */
export function joinBudgets(
  documents: readonly BudgetDocument[],
  zone: string,
  known: readonly Budget[],
  tell: BudgetProblem,
): readonly Budget[] {
  const names = new Map(known.map(({ name }) => [name, "the config"]));
  return documents.flatMap((document, index) => {
    const place = names.get(document.name);
    if (place !== undefined)
      tell([index, "name"], `${document.name} stands in ${place} already`, "Give each budget a name of its own.");
    names.set(document.name, "this list");
    const budget = budgetOf(document, zone, (path, message, fix) => tell([index, ...path], message, fix));
    return budget === null ? [] : [budget];
  });
}

function budgetOf(document: BudgetDocument, zone: string, tell: BudgetProblem): Budget | null {
  const given = budgetMeasures.filter((measure) => document[measure] !== undefined);
  const [measure] = given;
  if (measure === undefined || given.length > 1) {
    const found = measure === undefined ? "names no limit" : `names ${given.length} limits`;
    tell([], found, "Write exactly one of usd, requests and tokens.");
    return null;
  }
  if (document.zone !== undefined && !isTimeZone(document.zone)) tell(["zone"], ...zoneWords);
  if (document.zone !== undefined && "slidingMs" in document.window)
    tell(["zone"], "means nothing to a sliding window", "Leave zone out.");
  const { name, window, mode, outputQuantile, outputTokensDefault, allowUnpriced } = document;
  return {
    name,
    subject: subjectOf(document),
    measure,
    limit: limitOf(document, measure),
    window:
      "unit" in window
        ? { kind: "calendar", unit: window.unit, zone: document.zone ?? zone }
        : { kind: "sliding", lengthMs: window.slidingMs },
    mode,
    outputQuantile,
    ...(outputTokensDefault === undefined ? {} : { outputTokensDefault }),
    ...(allowUnpriced === undefined ? {} : { allowUnpriced }),
  };
}

function limitOf(document: BudgetDocument, measure: BudgetMeasure): bigint {
  return BigInt(document[measure] ?? 0);
}

function subjectOf({ subject }: BudgetDocument): Subject {
  const given = subjectNames.flatMap((name) => (subject[name] === undefined ? [] : [[name, subject[name]] as const]));
  return Object.fromEntries(given);
}

const appliedFile = z.strictObject({ version: z.literal(1), budgets: z.array(z.unknown()) });

/** The budgets of `farthing apply` as parsed; none where it never ran. A damaged file is a problem, never "no budgets". */
function readApplied(file: string, tell: BudgetProblem): readonly BudgetDocument[] {
  if (!existsSync(file)) return [];
  const fix = "Restore it from a backup, or run farthing apply again.";
  let content: unknown = null;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // Told below: what is no JSON fits no shape.
  }
  const shape = appliedFile.safeParse(content);
  const budgets = shape.success ? budgetList.safeParse(shape.data.budgets) : null;
  if (budgets === null) {
    tell([], "the file is damaged", fix);
    return [];
  }
  if (budgets.success) return budgets.data;
  for (const { path, message } of budgets.error.issues) tell(path as ConfigPath, splitWording(message).message, fix);
  return [];
}
