import { calledModels } from "../../assembly/prices/price-reports.ts";
import {
  currentUpdate,
  earlierUpdate,
  planUpdate,
  readPriceCandidate,
  rollBackUpdate,
  takeUpdate,
  type UpdatePlan,
} from "../../assembly/prices/price-updates.ts";
import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { bundledPriceBook, catalogueOf } from "../../money/book/bundled-price-book.ts";
import { comparePrices, type PriceDiff } from "../../money/book/diff-prices.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { describePriceDiff } from "../describe-price-diff.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { documentsOf } from "../price-documents.ts";
import type { Terminal } from "../terminal.ts";
import { amountsAsText } from "../window-flags.ts";

/** Flags of `prices diff`. */
export interface DiffFlags extends ConfigFlags {
  readonly at?: number;
  readonly json?: boolean;
}

/** Flags of `prices update`. */
export interface UpdateFlags extends ConfigFlags {
  readonly from?: string;
  readonly sha256?: string;
  readonly dryRun?: boolean;
  readonly accept?: boolean;
  readonly rollback?: boolean;
  readonly json?: boolean;
}

/** Calls of so many days say which models are in use. */
const inUseDays = 30;
const dayMs = 86_400_000;

/** `farthing prices diff`: what other prices change. */
export async function diff(candidate: string, flags: DiffFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const after = await documentsOfCandidate(candidate, config);
  const atMs = flags.at ?? Date.now();
  const found = comparePrices(documentsOf(config), after).at(atMs);
  if (flags.json === true)
    terminal.out(amountsAsText({ schema: "farthing.price-diff.v1", currency: "USD", candidate, atMs, ...found }));
  else for (const line of describePriceDiff(found, terminal)) terminal.out(line);
}

/** All price documents as they would be with the candidate. */
async function documentsOfCandidate(candidate: string, config: FarthingConfig): Promise<readonly unknown[]> {
  const { prices = [] } = config;
  const kept = new Map<string, readonly unknown[]>([["shipped", []]]);
  const before = earlierUpdate(config);
  if (before !== null) kept.set("before", before.documents);
  for (const [name, documents] of kept) {
    const { version } = bundledPriceBook(prices, documents);
    if (candidate === name || candidate === version) return [...catalogueOf(documents), ...prices];
  }
  if (/^p1-[0-9a-f]{16}$/.test(candidate) || candidate === "before") {
    const known = [...kept].map(([name, documents]) => `${name} ${bundledPriceBook(prices, documents).version}`);
    const message = `No prices of the version ${candidate} are kept. Known: ${known.join(", ")}.`;
    throw new CommandFailure(exitCodes.failure, message);
  }
  const { kind, documents } = await readPriceCandidate(candidate, config);
  // One vendor's document is a file of prices: in the config, which goes over everything.
  return kind === "vendor" ? [...documentsOf(config), ...documents] : [...catalogueOf(documents), ...prices];
}

/** `farthing prices update`: takes a catalogue, or goes back. */
export async function update(flags: UpdateFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const nowMs = Date.now();
  if (flags.rollback === true) return rollBack(config, flags, nowMs, terminal);
  if (flags.from === undefined) {
    const taken = currentUpdate(config);
    const now = taken === null ? "the prices that ship with Farthing" : `${taken.from}, taken ${taken.takenAt}`;
    throw new CommandFailure(exitCodes.usage, `--from says where the prices come from. In force: ${now}.`);
  }
  const candidate = await readPriceCandidate(flags.from, config);
  if (flags.sha256 !== undefined && flags.sha256.toLowerCase() !== candidate.sha256) {
    const message = `The prices of ${flags.from} are not those that were pinned: sha256 ${candidate.sha256}.`;
    throw new CommandFailure(exitCodes.checkFailed, message);
  }
  const inUse = calledModels(config, nowMs - inUseDays * dayMs, nowMs).map(({ vendor, model }) => `${vendor}/${model}`);
  const plan = planUpdate(config, candidate, inUse, nowMs);
  const refused = plan.doubts.length > 0 && flags.accept !== true;
  const taken = !refused && flags.dryRun !== true && plan.before !== plan.after;
  if (taken) takeUpdate(config, plan, nowMs);
  const found = comparePrices(catalogueOf(config.priceUpdate), catalogueOf(candidate.documents)).at(nowMs);
  tellUpdate(plan, found, taken, flags, terminal);
  if (refused) throw new CommandFailure(exitCodes.checkFailed, flags.json === true ? "" : refusal(plan));
}

function tellUpdate(
  { candidate, before, after, doubts }: UpdatePlan,
  found: PriceDiff,
  taken: boolean,
  flags: UpdateFlags,
  terminal: Terminal,
): void {
  if (flags.json === true) {
    const { from, sha256 } = candidate;
    const head = { schema: "farthing.price-update.v1", currency: "USD", taken, from, sha256, before, after, doubts };
    terminal.out(amountsAsText({ ...head, ...found }));
    return;
  }
  for (const line of describePriceDiff(found, terminal)) terminal.out(line);
  for (const { text } of doubts) terminal.talk(`${terminal.paint("talk", "yellow", "doubtful")} ${text}`);
  terminal.talk(`sha256 ${candidate.sha256}`);
  if (taken) terminal.talk(`Prices ${after} are in force. A running gateway follows within two seconds.`);
  else if (before === after) terminal.talk(`Nothing to change: these are the prices in force, ${before}.`);
  else terminal.talk(`Nothing was changed: ${before} stays in force.`);
}

function refusal({ doubts, before }: UpdatePlan): string {
  return `${doubts.length} doubtful changes: refused, ${before} stays in force. Look at them, then --accept if they are meant.`;
}

function rollBack(config: FarthingConfig, flags: UpdateFlags, nowMs: number, terminal: Terminal): void {
  const { before, after, update: now } = rollBackUpdate(config, nowMs);
  const { from, takenAt, sha256 } = now;
  if (flags.json === true)
    terminal.out(JSON.stringify({ schema: "farthing.price-rollback.v1", before, after, from, takenAt, sha256 }));
  else terminal.talk(`Prices ${after} are in force again (${from}), in place of ${before}.`);
}
