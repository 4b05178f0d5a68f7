import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { erasedTags } from "../../assembly/answers/forget-answers.ts";
import { type ForgetField, forgetFields } from "../../assembly/answers/forget-wish.ts";
import { type InstallationAnswers, withInstallationAnswers } from "../../assembly/answers/installation-answers.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import type { AnswerSelector } from "../../spec/answer-store.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { addConfigFlags } from "../config-flags.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { formatCount } from "../format-figures.ts";
import type { Terminal } from "../terminal.ts";
import { namesIn } from "../window-flags.ts";

type NameFlags = Readonly<Partial<Record<"document" | "tag" | "prompt" | "model" | "route" | "user", string>>>;

interface PurgeFlags extends ConfigFlags, NameFlags {
  readonly all?: boolean;
  readonly tenant?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `farthing cache purge`: delete stored answers, for good. */
export function addCachePurge(cache: Command, terminal: Terminal): void {
  addConfigFlags(cache.command("purge"))
    .description("delete stored answers, those on their way included; running gateways follow at once")
    .option("--all", "every tenant's and own key's")
    .option("--tenant <name>", "this tenant's")
    .option("--user <names>", "only those that these users were given (comma between)")
    .option("--document <ids>", "only those made from these documents")
    .option("--tag <labels>", "only those of requests with these labels")
    .option("--prompt <names>", "only those of these prompts: every version of NAME, or NAME@VERSION")
    .option("--model <names>", "only those bought from these models: NAME, or PROVIDER/NAME")
    .option("--route <names>", "only those of these routes")
    .option("--dry-run", "count what would go")
    .option("--yes", "do not ask")
    .option("--json", "one JSON object on stdout")
    .action((flags: PurgeFlags) => purge(flags, terminal));
}

async function purge(flags: PurgeFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  await withInstallationAnswers(config, async (answers) => {
    const selectors = selectorsOf(flags, config, answers);
    if (flags.dryRun === true) return tell(await count(selectors, answers), "would go", flags, terminal);
    if (flags.yes !== true) await confirm(await count(selectors, answers));
    let gone = 0;
    for (const selector of selectors) gone += await answers.store.purge(selector, answers.clock.nowMs());
    tell(gone, "deleted", flags, terminal);
  });
}

function selectorsOf(
  flags: PurgeFlags,
  config: FarthingConfig,
  { digests }: InstallationAnswers,
): readonly AnswerSelector[] {
  const names = Object.fromEntries(
    forgetFields.map((field) => [field, namesIn(flags[field.slice(0, -1) as keyof NameFlags] ?? "")]),
  ) as Record<ForgetField, readonly string[]>;
  const isNarrow = forgetFields.some((field) => names[field].length > 0);
  if ((flags.all === true) === (flags.tenant !== undefined) || (flags.all === true && isNarrow)) {
    const message =
      "Say whose: --tenant NAME, with any of --user, --document, --tag, --prompt, --model, --route; or --all.";
    throw new CommandFailure(exitCodes.usage, message);
  }
  if (flags.tenant === undefined) return [{}];
  const owner = digests.scopeOf("tenant", flags.tenant);
  if (!isNarrow) return [{ owner }];
  const endpointIds = config.endpoints.map(({ id }) => id);
  return erasedTags({ digest: digests.digest, endpointIds }, owner, names).map((tag) => ({ owner, tag }));
}

async function count(selectors: readonly AnswerSelector[], { store, clock }: InstallationAnswers): Promise<number> {
  const keys = new Set<string>();
  for (const selector of selectors)
    for await (const { scope, key } of store.scan(selector, clock.nowMs())) keys.add(`${scope.partition} ${key}`);
  return keys.size;
}

/** Nothing is deleted that nobody said yes to; without a person to ask, --yes has to say it. */
async function confirm(entries: number): Promise<void> {
  if (process.stdin.isTTY !== true)
    throw new CommandFailure(exitCodes.usage, "Nobody can be asked here: add --yes, or --dry-run to count.");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`Delete ${formatCount(entries)} stored answers? [y/N] `);
  asking.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(exitCodes.interrupted, "Nothing was deleted.");
}

function tell(entries: number, what: string, flags: PurgeFlags, terminal: Terminal): void {
  if (flags.json === true)
    terminal.out(JSON.stringify({ schema: "farthing.purge.v1", dryRun: flags.dryRun === true, entries }));
  else terminal.talk(`${formatCount(entries)} stored answers ${what}.`);
}
