import type { Command } from "commander";
import {
  type AccessPlan,
  applyAccess,
  type NewKey,
  type PlannedChange,
  planAccess,
} from "../../assembly/access/apply-access.ts";
import { openDataDirectory } from "../../assembly/data-directory.ts";
import { withKeysLocked } from "../../assembly/access/local-keys.ts";
import { type ConfigFlags, loadForCommand, readAccess } from "../../assembly/operation.ts";
import { addConfigFlags } from "../config-flags.ts";
import { cleanCell } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface ApplyFlags extends ConfigFlags {
  readonly file: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `farthing apply -f access.yaml`: makes keys and budgets as a file says; doing it again changes nothing. */
export function addApplyCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("apply"))
    .description("make keys and budgets as a file declares them")
    .requiredOption("-f, --file <file>", "the file: keys: and budgets:")
    .option("--prune", "also end keys and applied budgets that the file does not name")
    .option("--dry-run", "say what would change, and change nothing")
    .option("--json", "one JSON object on stdout")
    .action((flags: ApplyFlags) => apply(flags, terminal));
}

function apply(flags: ApplyFlags, terminal: Terminal): void {
  const { config } = loadForCommand(flags, terminal.env);
  const document = readAccess(flags.file, terminal.env, config);
  const directory = openDataDirectory(config.dataDirectory);
  const { plan, made } = withKeysLocked(directory.keysFile, () => {
    const wanted = planAccess(document, config, directory.keysFile, flags.prune === true);
    return { plan: wanted, made: flags.dryRun === true ? [] : applyAccess(wanted, directory, Date.now()) };
  });
  if (flags.json === true) terminal.out(JSON.stringify(described(plan, made, flags.dryRun === true)));
  else describe(plan, made, flags, terminal);
}

function described(plan: AccessPlan, made: readonly NewKey[], dryRun: boolean): object {
  const changes = plan.changes.map(({ what, name, before, after }) => ({ what, name, before, after }));
  return { schema: "farthing.apply.v1", applied: !dryRun, changes, keys: made };
}

function describe(plan: AccessPlan, made: readonly NewKey[], flags: ApplyFlags, terminal: Terminal): void {
  for (const change of plan.changes) terminal.talk(`  ${lineOf(change)}`);
  for (const { name, key } of made) terminal.out(`${name} ${key}`);
  if (plan.changes.length === 0) terminal.talk("Nothing to change: all is as the file says.");
  else if (flags.dryRun === true) terminal.talk(`${plan.changes.length} changes; none was made.`);
  else terminal.talk(`${plan.changes.length} changes made. A running gateway follows within two seconds.`);
  if (made.length > 0) terminal.talk("Keep the new keys now: only their digests are stored.");
}

const signs: Readonly<Record<string, string>> = { create: "+", change: "~", revoke: "-", remove: "-" };

/** `~ budget team-a: usd 500 -> 600`. */
function lineOf({ what, name, before, after }: PlannedChange): string {
  const [thing = "", verb = ""] = what.split(".");
  const head = `${signs[verb] ?? " "} ${thing} ${cleanCell(name)}`;
  if (verb !== "change") return head;
  const [was, is] = [fieldsOf(before), fieldsOf(after)];
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter((field) => was.get(field) !== is.get(field));
  const words = changed.map((field) => `${field} ${was.get(field) ?? "none"} -> ${is.get(field) ?? "none"}`);
  return `${head}: ${cleanCell(words.join(", "), 300)}`;
}

function fieldsOf(side: unknown): ReadonlyMap<string, string> {
  if (typeof side !== "object" || side === null) return new Map();
  return new Map(Object.entries(side).map(([field, value]) => [field, shown(field, value)]));
}

function shown(field: string, value: unknown): string {
  if (field === "expiresAtMs" && typeof value === "number") return new Date(value).toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}
