import { readFileSync } from "node:fs";
import * as z from "zod";
import { type ClaimName, claimNames } from "../spec/caller.ts";
import type { Budget } from "../spec/budget.ts";
import { type KeyScope, keyScopes } from "../spec/config.ts";
import { budgetList } from "./budget-schema.ts";
import { checkShape } from "./check-shape.ts";
import { ConfigError } from "./config-problem.ts";
import { choice, name, section, text, texts, wording } from "./field-types.ts";
import { createProblemList } from "./problem-list.ts";
import { readYaml } from "./read-yaml.ts";
import { joinBudgets } from "./resolve-budgets.ts";

/** A key as an access file declares it. */
export interface DeclaredKey {
  /** What it is known by from one `farthing apply` to the next. */
  readonly name: string;
  readonly tenant: string;
  readonly pinnedClaims: Readonly<Partial<Record<ClaimName, string>>>;
  readonly org?: string;
  readonly project?: string;
  readonly scopes?: readonly KeyScope[];
  readonly models?: readonly string[];
  readonly expiresAtMs?: number;
}

/** A whole access file. */
export interface AccessDocument {
  readonly keys: readonly DeclaredKey[];
  readonly budgets: readonly Budget[];
}

const fileBytesMax = 1_048_576;
const labelText = (): z.ZodString => text().max(128, wording("is longer than 128 characters", "Shorten it."));

const expiry = (): z.ZodType<number, unknown> => {
  const error = wording("is not a moment", 'Write a date, such as "2027-01-31", or "2027-01-31T12:00:00Z"; in quotes.');
  return z
    .string({ error })
    .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/, error)
    .transform((written) => Date.parse(written))
    .refine((atMs) => !Number.isNaN(atMs), { error });
};

const key = section({
  name: name(),
  tenant: labelText().prefault("default"),
  org: labelText().optional(),
  project: labelText().optional(),
  scopes: z
    .array(choice(keyScopes), { error: wording("must be a list of scopes", `Write [${keyScopes.join(", ")}].`) })
    .min(1, wording("is empty", "Leave it out for models and requests."))
    .optional(),
  models: texts().optional(),
  expires: expiry().optional(),
  pin: section(Object.fromEntries(claimNames.map((claim) => [claim, labelText().optional()]))).prefault({}),
});

const accessShape = section({
  keys: z
    .array(key, { error: wording("must be a list of keys", "Write - name: ... for each.") })
    .max(10_000, wording("has more than 10000 entries", "Split it."))
    .prefault([]),
  budgets: budgetList.prefault([]),
});

/**
 * Reads the file of `farthing apply`: keys by name, and budgets as in the config. `zone` is that of budgets which name none.
 * @throws ConfigError with every problem found, each with its place and fix.
 */
export function loadAccess(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
  zone: string,
): AccessDocument {
  const source = readYaml(readText(file), file, env);
  const list = createProblemList(source);
  const document = checkShape(source.value, list, accessShape);
  const budgets = joinBudgets(document?.budgets ?? [], zone, [], (path, message, fix) => {
    if (path.length > 1 || !list.isWrong(["budgets", ...path])) list.add(["budgets", ...path], message, fix);
  });
  const names = new Set<string>();
  for (const [index, { name: given }] of (document?.keys ?? []).entries()) {
    if (names.has(given)) list.add(["keys", index, "name"], "stands twice", "Give each key a name of its own.");
    names.add(given);
  }
  if (document === null || list.problems.length > 0) throw new ConfigError(list.problems);
  return { keys: document.keys.map(keyOf), budgets };
}

function keyOf({ expires, pin, ...rest }: z.output<typeof key>): DeclaredKey {
  return withoutAbsent({ ...rest, pinnedClaims: withoutAbsent(pin), expiresAtMs: expires });
}

function withoutAbsent<T extends object>(value: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter((entry) => entry[1] !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}

/** @throws ConfigError when the file cannot be read. */
function readText(file: string): string {
  let message = "the file is larger than 1 MiB";
  try {
    const bytes = readFileSync(file);
    if (bytes.length <= fileBytesMax) return new TextDecoder().decode(bytes);
  } catch (error) {
    message = `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? "unreadable"})`;
  }
  const fix = "Correct the path or its mode.";
  throw new ConfigError([{ source: file, line: null, column: null, path: "", message, fix }]);
}
