import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseText, priceUpdateFile, type PriceUpdate, readPriceUpdate } from "../../config/resolve-prices.ts";
import { FarthingError } from "../../kit/farthing-error.ts";
import { bundledPriceBook, catalogueOf } from "../../money/book/bundled-price-book.ts";
import { judgeUpdate, type UpdateDoubt } from "../../money/book/judge-update.ts";
import { readVendorPrices, type VendorPrices } from "../../money/prices/price-data.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import { logAdminChanges } from "../access/admin-log.ts";
import { checkPriceDocument } from "./check-prices.ts";
import { openDataDirectory, readPrivateFile, writePrivateFile } from "../data-directory.ts";

/** Price documents as they were read, with the digest of the bytes. */
export interface PriceCandidate {
  readonly from: string;
  /** Hex. */
  readonly sha256: string;
  /** `catalogue`: `{vendors: [...]}`, an update. `vendor`: one document, as the config's `prices` names them. */
  readonly kind: "catalogue" | "vendor";
  readonly documents: readonly VendorPrices[];
}

/** A candidate beside the prices in force. */
export interface UpdatePlan {
  readonly candidate: PriceCandidate;
  /** Version of the price book before and after. */
  readonly before: string;
  readonly after: string;
  readonly doubts: readonly UpdateDoubt[];
}

/** Largest price file taken, 8 MiB: all vendors together are a fraction of it. */
const fileBytesMax = 8_388_608;
/** An address and not a file's name. */
const addressPattern = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * Reads price documents from a file or an address, and checks every one.
 * @throws FarthingError `invalid_request` naming what is wrong and where; as `fetchPriceFile` for an address.
 */
export async function readPriceCandidate(from: string, config: FarthingConfig): Promise<PriceCandidate> {
  const bytes = addressPattern.test(from) ? await fetchBytes(from, config) : readFileBytes(from);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const read = parseText(new TextDecoder().decode(bytes));
  if (!read.ok) throw wrongFile(from, "it is neither JSON nor YAML");
  const vendors = (read.document as { readonly vendors?: unknown } | null)?.vendors;
  const kind = Array.isArray(vendors) ? "catalogue" : "vendor";
  const documents = (Array.isArray(vendors) ? vendors : [read.document]).map((document: unknown) => {
    const wrong = checkPriceDocument(document);
    if (wrong !== null) throw wrongFile(from, wrong);
    return readVendorPrices(document);
  });
  return { from, sha256, kind, documents };
}

/**
 * What a candidate would make of the catalogue, and what is doubtful about it.
 * @param inUse `vendor/model` of the calls of late.
 * @throws FarthingError `invalid_request` for what cannot be an update at all.
 */
export function planUpdate(
  config: FarthingConfig,
  candidate: PriceCandidate,
  inUse: readonly string[],
  nowMs: number,
): UpdatePlan {
  const { from, kind, documents } = candidate;
  if (kind === "vendor")
    throw wrongFile(
      from,
      'an update is a catalogue, {"vendors": [...]}; one vendor\'s file belongs under prices: in the config',
    );
  const names = documents.map(({ vendor }) => vendor);
  if (names.length === 0) throw wrongFile(from, "it holds no vendor");
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrongFile(from, `the vendor ${twice} stands twice`);
  const agreed = documents.find(({ discounts = [], contracts }) => discounts.length > 0 || contracts !== undefined);
  if (agreed !== undefined)
    throw wrongFile(
      from,
      `${agreed.vendor} has discounts or contracts, which belong into files of your own under prices:`,
    );
  return {
    candidate,
    before: bundledPriceBook(config.prices, config.priceUpdate).version,
    after: bundledPriceBook(config.prices, documents).version,
    doubts: judgeUpdate(catalogueOf(config.priceUpdate), catalogueOf(documents), inUse, nowMs),
  };
}

/** Takes an update: the one before is kept for a rollback, the file is replaced in one step, the change is logged. */
export function takeUpdate(config: FarthingConfig, plan: UpdatePlan, nowMs: number): void {
  const { from, sha256, documents } = plan.candidate;
  const update: PriceUpdate = { version: 1, takenAt: new Date(nowMs).toISOString(), from, sha256, documents };
  const { path } = openDataDirectory(config.dataDirectory);
  const file = priceUpdateFile(path);
  writePrivateFile(beforeFile(path), readPrivateFile(file) ?? printUpdate(noUpdate(nowMs)));
  writePrivateFile(file, printUpdate(update));
  logChange(path, plan.before, plan.after, update, nowMs);
}

/**
 * Puts back the prices before the last update, or the last update again after a rollback.
 * @returns the versions before and after, and what is in force now.
 * @throws FarthingError `not_found` when there was no update yet.
 */
export function rollBackUpdate(
  config: FarthingConfig,
  nowMs: number,
): { readonly before: string; readonly after: string; readonly update: PriceUpdate } {
  const { path } = openDataDirectory(config.dataDirectory);
  const kept = readPrivateFile(beforeFile(path));
  const update = kept === null ? null : readPriceUpdate(kept);
  if (kept === null || update === null)
    throw new FarthingError("not_found", `There are no earlier prices in ${path}: no update was taken yet.`);
  const before = bundledPriceBook(config.prices, config.priceUpdate).version;
  const after = bundledPriceBook(config.prices, update.documents).version;
  const file = priceUpdateFile(path);
  const current = readPrivateFile(file) ?? printUpdate(noUpdate(nowMs));
  writePrivateFile(file, kept);
  writePrivateFile(beforeFile(path), current);
  logChange(path, before, after, update, nowMs);
  return { before, after, update };
}

/** The update in force; null: none, or what is there is none. */
export function currentUpdate({ dataDirectory }: FarthingConfig): PriceUpdate | null {
  const text = readPrivateFile(priceUpdateFile(dataDirectory));
  return text === null ? null : readPriceUpdate(text);
}

/** Price documents before the last update; null when there was none. */
export function earlierUpdate({ dataDirectory }: FarthingConfig): PriceUpdate | null {
  const text = readPrivateFile(beforeFile(dataDirectory));
  return text === null ? null : readPriceUpdate(text);
}

function beforeFile(directory: string): string {
  return join(directory, "prices-before.json");
}

function noUpdate(nowMs: number): PriceUpdate {
  const takenAt = new Date(nowMs).toISOString();
  return { version: 1, takenAt, from: "shipped", sha256: "0".repeat(64), documents: [] };
}

function printUpdate(update: PriceUpdate): string {
  return `${JSON.stringify(update)}\n`;
}

function logChange(directory: string, before: string, after: string, update: PriceUpdate, nowMs: number): void {
  const { from, sha256 } = update;
  const change = { what: "prices.change", subject: after, before, after: { version: after, from, sha256 } };
  logAdminChanges(directory, "prices", [change], nowMs);
}

/** Loaded only here: the network is most of what this would bring into every command. */
async function fetchBytes(address: string, { network }: FarthingConfig): Promise<Uint8Array> {
  const { fetchPriceFile } = await import("./price-updates-fetch.ts");
  return fetchPriceFile(address, network, fileBytesMax);
}

function readFileBytes(file: string): Uint8Array {
  try {
    if (statSync(file).size > fileBytesMax) throw wrongFile(file, "it is larger than 8 MiB");
    return readFileSync(file);
  } catch (error) {
    if (FarthingError.isInstance(error)) throw error;
    throw wrongFile(file, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? "unreadable"})`);
  }
}

function wrongFile(from: string, what: string): FarthingError {
  return new FarthingError("invalid_request", `The prices of ${from} are not taken: ${what}.`);
}
