import { type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import { calledModels } from "../../assembly/prices/price-reports.ts";
import { readPriceCandidate } from "../../assembly/prices/price-updates.ts";
import { bundledPriceBook } from "../../money/book/bundled-price-book.ts";
import { readVendorPrices, type VendorPrices } from "../../money/prices/price-data.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import { checkAge } from "../doctor/check-prices.ts";
import { describeFindings } from "../doctor/describe-findings.ts";
import { bad, doubtful, type Finding, good } from "../doctor/finding.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { formatCount } from "../format-figures.ts";
import { cleanCell } from "../table.ts";
import type { Terminal } from "../terminal.ts";

/** Flags of `prices check`. */
export interface CheckFlags extends ConfigFlags {
  readonly json?: boolean;
}

const dayMs = 86_400_000;
/** Calls of so many days are looked through for models without a price. */
const ledgerDays = 30;
/** An agreement that ends within so many days is told. */
const noticeDays = 30;
/** Models named in one finding. */
const namesMax = 20;

/** `farthing prices check [file]`: whether the prices can be relied on. */
export async function check(file: string | undefined, flags: CheckFlags, terminal: Terminal): Promise<void> {
  const { config } = loadForCommand(flags, terminal.env);
  const nowMs = Date.now();
  const findings = file === undefined ? checkAll(config, nowMs) : await checkFile(file, config, nowMs);
  const ok = findings.every(({ level }) => level !== "fail");
  if (flags.json === true) terminal.out(JSON.stringify({ schema: "farthing.price-check.v1", ok, findings }));
  else for (const line of describeFindings(findings, terminal)) terminal.out(line);
  if (!ok) throw new CommandFailure(exitCodes.checkFailed, "");
}

async function checkFile(file: string, config: FarthingConfig, nowMs: number): Promise<readonly Finding[]> {
  try {
    const { documents, kind, sha256 } = await readPriceCandidate(file, config);
    const models = documents.reduce((sum, document) => sum + document.models.length, 0);
    const text = `${file}: ${kind === "catalogue" ? "a catalogue" : "one vendor"}, ${models} models, sha256 ${sha256}`;
    return [good("file", text), ...documents.flatMap((document) => checkTerms(document, nowMs))];
  } catch (error) {
    if (!FarthingError.isInstance(error)) throw error;
    return [bad("file", error.message, "See An entry in docs/reference/prices.md; prices are texts in quotes.")];
  }
}

/** The config's own files were checked when it was loaded. */
function checkAll(config: FarthingConfig, nowMs: number): readonly Finding[] {
  const own = (config.prices ?? []).map(readVendorPrices);
  const files = own.map(({ vendor, models }, index) =>
    good("file", `${config.priceFiles?.[index] ?? "prices"}: ${vendor}, ${models.length} models`),
  );
  const { version } = bundledPriceBook(config.prices, config.priceUpdate);
  return [
    ...files,
    ...own.flatMap((document) => checkTerms(document, nowMs)),
    checkAge(config, version, nowMs),
    ...checkLedger(config, nowMs),
  ];
}

/** What was agreed and is over, or soon will be. */
function checkTerms({ vendor, discounts = [], contracts = {} }: VendorPrices, nowMs: number): readonly Finding[] {
  const { credits = [], commitments = [], provisioned = [] } = contracts;
  const clauses = [
    ...discounts.map(({ models, to }) => ({ name: `discount on ${models}`, to })),
    ...credits.map(({ id, to }) => ({ name: `credit ${id}`, to })),
    ...commitments.map(({ id, to }) => ({ name: `commitment ${id}`, to })),
    ...provisioned.map(({ id, to }) => ({ name: `capacity ${id}`, to })),
  ];
  return clauses.flatMap(({ name, to }): readonly Finding[] => {
    if (to === undefined || Date.parse(to) > nowMs + noticeDays * dayMs) return [];
    const verb = Date.parse(to) <= nowMs ? "ended" : "ends";
    return [doubtful("terms", `${vendor}: ${cleanCell(name)} ${verb} on ${to}`, "Enter what follows it, if anything.")];
  });
}

function checkLedger(config: FarthingConfig, nowMs: number): readonly Finding[] {
  const called = calledModels(config, nowMs - ledgerDays * dayMs, nowMs);
  if (called.length === 0) return [good("calls", `none in the last ${ledgerDays} days`)];
  const unpriced = called.filter((model) => model.unpriced > 0);
  const estimated = called.filter((model) => model.estimated > 0);
  const findings: Finding[] = [];
  if (unpriced.length > 0) {
    const names = namesOf(unpriced.map((found) => ({ ...found, some: found.unpriced })));
    findings.push(doubtful("calls", `without a price: ${names}`, "Look with: farthing prices explain MODEL."));
  }
  if (estimated.length > 0) {
    const names = namesOf(estimated.map((found) => ({ ...found, some: found.estimated })));
    findings.push(doubtful("calls", `priced as an estimate: ${names}`, "The price is of low confidence, or a guess."));
  }
  if (findings.length > 0) return findings;
  return [good("calls", `every one of the last ${ledgerDays} days has a price that is known`)];
}

function namesOf(models: readonly { vendor: string; model: string; some: number }[]): string {
  const named = models
    .slice(0, namesMax)
    .map(({ vendor, model, some }) => `${vendor}/${cleanCell(model)} (${formatCount(some)} calls)`);
  const more = models.length > namesMax ? [`${models.length - namesMax} more`] : [];
  return [...named, ...more].join(", ");
}
