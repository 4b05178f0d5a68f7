import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { OutcomePoster, OutcomeReceipt } from "../../spec/outcome.ts";
import { storeOutcomes } from "../../stores/sqlite/outcomes/outcomes-store.ts";
import { readLocalKeys } from "../access/local-keys.ts";
import { readOutcomeFile } from "./outcomes-file.ts";
import { outcomesMax } from "./outcomes-parse.ts";
import { operatorPoster } from "./outcomes-poster.ts";

/** Some 500,000 outcomes. */
const fileBytesMax = 67_108_864;

/** What an import came to. */
export interface ImportResult {
  readonly stored: number;
  readonly repeated: number;
  /** Id that stopped it; what stands before its thousand is stored. Null when everything is. */
  readonly conflict: string | null;
}

/**
 * Stores the outcomes of a file, beside a gateway that runs or without one. The whole file is checked before anything is stored.
 * @param keyId as if posted with this key; null for the operator, whose outcomes are joined to anybody's requests.
 * @throws FarthingError `invalid_request` with file and line; `not_found` for a key that does not exist.
 */
export function importOutcomes(options: {
  readonly directory: string;
  readonly file: string;
  readonly keyId: string | null;
  readonly nowMs: number;
}): ImportResult {
  const { directory, file, nowMs } = options;
  const poster = posterOf(directory, options.keyId);
  const outcomes = readOutcomeFile(file, readText(file), nowMs);
  const posts = [];
  for (let from = 0; from < outcomes.length; from += outcomesMax) posts.push(outcomes.slice(from, from + outcomesMax));
  return sumOf(storeOutcomes({ directory, poster, posts, nowMs }));
}

function sumOf(receipts: readonly OutcomeReceipt[]): ImportResult {
  let stored = 0;
  let repeated = 0;
  for (const receipt of receipts) {
    if ("conflict" in receipt) return { stored, repeated, conflict: receipt.conflict };
    stored += receipt.stored;
    repeated += receipt.repeated;
  }
  return { stored, repeated, conflict: null };
}

function posterOf(directory: string, keyId: string | null): OutcomePoster {
  if (keyId === null) return operatorPoster;
  if (/^own_[0-9a-f]{12}$/.test(keyId)) return { owner: `own:${keyId}`, keyId, keyIds: [keyId] };
  const keys = readLocalKeys(join(directory, "keys.json"));
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined) {
    throw new FarthingError("not_found", `There is no local key ${keyId}. farthing keys list shows those there are.`);
  }
  const { tenant } = key;
  const keyIds = keys.filter((one) => one.tenant === tenant).map(({ id }) => id);
  return { owner: `tenant:${tenant}`, keyId, keyIds };
}

function readText(file: string): string {
  try {
    if (statSync(file).size <= fileBytesMax) return readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new FarthingError("invalid_request", `${file} cannot be read (${code}). Correct the path or its mode.`);
  }
  throw new FarthingError(
    "invalid_request",
    `${file} is larger than 64 MiB. Split it; what is stored already is passed over.`,
  );
}
