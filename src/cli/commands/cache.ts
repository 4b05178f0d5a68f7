import type { Command } from "commander";
import { cacheFigures } from "../../assembly/answers/cache-figures.ts";
import { answerLine } from "../../assembly/answers/answer-line.ts";
import { withInstallationAnswers } from "../../assembly/answers/installation-answers.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { parseRequestId } from "../../kit/request-id.ts";
import type { AnswerEntry, AnswerStore } from "../../spec/answer-store.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { addConfigFlags } from "../config-flags.ts";
import { describeCacheStats, describeEntry, type ShownStats } from "../describe-cache.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { amountsAsText } from "../window-flags.ts";
import { addCacheExport } from "./cache-export.ts";
import { addCachePurge } from "./cache-purge.ts";
import { addCacheWarm } from "./cache-warm.ts";

interface StatsFlags extends ConfigFlags {
  readonly json?: boolean;
}

interface GetFlags extends StatsFlags {
  readonly body?: boolean;
}

/** `farthing cache`: look into the stored answers, forget them, take them along, bring them. */
export function addCacheCommand(program: Command, terminal: Terminal): void {
  const cache = program
    .command("cache")
    .description("stored answers: how full, what they found; get, purge, export, warm");
  addConfigFlags(cache.command("stats"))
    .description("show entries, bytes, hits by layer and the hit rate by week; works while the gateway runs")
    .option("--json", "one JSON object on stdout, money as decimal strings of pico-dollars")
    .action((flags: StatsFlags) => stats(flags, terminal));
  addConfigFlags(cache.command("get"))
    .description("show an entry by its key, or by the request that bought it")
    .argument("<key-or-request>", "the key of an entry, or a request id, fr_...")
    .option("--body", "the stored answer itself on stdout")
    .option("--json", "the whole entry as one JSON object on stdout, as `export` writes it")
    .action((wanted: string, flags: GetFlags) => get(wanted, flags, terminal));
  addCachePurge(cache, terminal);
  addCacheExport(cache, terminal);
  addCacheWarm(cache, terminal);
}

async function stats(flags: StatsFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const shown = await statsOf(config);
  const figures = cacheFigures(config, Date.now());
  if (flags.json === true)
    terminal.out(amountsAsText({ schema: "farthing.cache.v1", currency: "USD", ...shown, ...figures }));
  else for (const line of describeCacheStats(shown, figures, terminal)) terminal.out(line);
}

/** A store in memory cannot be asked from here; what the ledger knows is shown all the same. */
async function statsOf(config: FarthingConfig): Promise<ShownStats> {
  const store = config.cache?.store ?? "sqlite";
  if (store === "memory") return { store, entries: null };
  return withInstallationAnswers(config, async (answers) => ({ store, ...(await answers.store.stats(Date.now())) }));
}

async function get(wanted: string, flags: GetFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const boughtBy = parseRequestId(wanted);
  await withInstallationAnswers(config, async ({ store }) => {
    const selector = boughtBy === null ? { key: wanted } : {};
    const found = await first(store, selector, (entry) => boughtBy === null || entry.answer.boughtBy === boughtBy);
    if (found === null) {
      const message = `No stored answer ${boughtBy === null ? "has this key" : "was bought by this request"} and may still be served.`;
      throw new CommandFailure(exitCodes.failure, message);
    }
    if (flags.json === true) terminal.out(answerLine(found));
    else if (flags.body === true)
      terminal.out(found.answer.pieces.map((piece) => new TextDecoder().decode(piece)).join(""));
    else for (const line of describeEntry(found)) terminal.out(line);
  });
}

async function first(
  store: AnswerStore,
  selector: { readonly key?: string },
  isMeant: (entry: AnswerEntry) => boolean,
): Promise<AnswerEntry | null> {
  for await (const entry of store.scan(selector, Date.now())) if (isMeant(entry)) return entry;
  return null;
}
