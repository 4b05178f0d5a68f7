import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { StoredRequest } from "../../../spec/ledger.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { parseRequestId } from "../../../kit/request-id.ts";
import { workerUrl } from "../../../kit/worker-url.ts";
import { storedRequestOf, type StoredCorrection } from "../../stored-request.ts";
import { openForReading } from "../data-directory.ts";
import { decodeRequest } from "./decode-row.ts";
import type { FindWorkerData } from "./find-worker.ts";

/** Looks requests up in a ledger. */
export interface Finder {
  /**
   * By our id (one read of the table, some 50 us) or by either id of a provider's (a search through the ledger in a thread
   * of its own: about 50 ms and 2 us a row back to the newest that matches).
   * @throws FarthingError `not_found` without a ledger, `overloaded` when too many searches are under way.
   */
  find(anyId: string): Promise<StoredRequest | null>;
  close(): Promise<void>;
}

/** Longest ids of providers seen are under 100 characters. */
const idLengthMax = 256;
const scansMax = 2;
/** A search that is not through by then ends without a result. */
const scanMsMax = 30_000;

/** The database is opened read-only with the first search and stays open until `close`. */
export function createFinder(directory: string): Finder {
  let database: DatabaseSync | null = null;
  const scans = new Set<Worker>();

  const read = (id: bigint): StoredRequest | null => {
    database ??= openForReading(directory);
    return readRequest(database, id);
  };
  return {
    async find(anyId) {
      if (anyId.length === 0 || anyId.length > idLengthMax) return null;
      const own = parseRequestId(anyId);
      if (own !== null) return read(own);
      if (scans.size >= scansMax) {
        throw new FarthingError("overloaded", "Too many searches for provider ids at once. Try again.", {
          retryAfterS: 5,
        });
      }
      const found = await scanInThread({ directory, providerId: anyId, scanMsMax }, scans);
      return found === null ? null : read(found);
    },
    async close() {
      await Promise.all([...scans].map((worker) => worker.terminate()));
      database?.close();
      database = null;
    },
  };
}

/** One request, for a program that is not the gateway: opens the ledger read-only, looks, and closes it. Errors as Finder.find. */
export async function findRequest(options: { directory: string; anyId: string }): Promise<StoredRequest | null> {
  const finder = createFinder(options.directory);
  try {
    return await finder.find(options.anyId);
  } finally {
    await finder.close();
  }
}

function readRequest(database: DatabaseSync, id: bigint): StoredRequest | null {
  const row = database.prepare("SELECT * FROM requests WHERE id = ?").get(id);
  if (row === undefined) return null;
  const later = database.prepare("SELECT * FROM later_attempts WHERE request_id = ? ORDER BY attempt_index").all(id);
  const corrections = database
    .prepare("SELECT kind, at_ms, detail FROM corrections WHERE request_id = ? ORDER BY correction_id")
    .all(id)
    .map((line): StoredCorrection => ({
      kind: String(line["kind"]),
      atMs: Number(line["at_ms"]),
      detail: line["detail"] === null ? null : String(line["detail"]),
    }));
  return storedRequestOf(decodeRequest(row, later), corrections);
}

function scanInThread(data: FindWorkerData, scans: Set<Worker>): Promise<bigint | null> {
  const worker = new Worker(workerUrl(import.meta.url, "find-worker"), {
    workerData: data,
    name: "farthing-find",
    execArgv: [],
  });
  scans.add(worker);
  return new Promise((resolve, reject) => {
    worker.once("message", (found: bigint | null) => resolve(found));
    worker.once("error", reject);
    worker.once("exit", () => {
      scans.delete(worker);
      resolve(null);
    });
  });
}
