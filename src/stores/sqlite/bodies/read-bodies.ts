import type {
  AnsweredHow,
  AskedHow,
  BodyStore,
  ChainHead,
  ChainReport,
  ExportedBody,
} from "../../../spec/body-store.ts";
import type { Scope } from "../../../spec/caller.ts";
import { openEnvelope } from "./body-envelope.ts";
import { placeOf, type RecordPart } from "./body-chain.ts";
import { readHead } from "./body-head.ts";
import { decrypt } from "./body-keys.ts";
import { type BodyFile, openBodyFileForReading } from "./open-body-file.ts";
import { walkChain } from "./verify-chain.ts";

/** The reading half of a store. */
export interface BodyReader extends Pick<BodyStore, "verify" | "read"> {
  /** Position of the newest record; 0: there is none. */
  lastPosition(): bigint;
}

/** Records fetched at a time. */
const pageRecords = 32;

const pageQuery = `
  SELECT r.position, r.id, r.part, r.at_ms, r.status, r.complete, r.data_key, r.owner, b.sealed, k.end_user, k.wrapped,
    q.route, q.called
  FROM records r
  LEFT JOIN sealed_bodies b ON b.position = r.position
  LEFT JOIN data_keys k ON k.data_key = r.data_key
  LEFT JOIN records q ON q.position =
    (SELECT min(p.position) FROM records p WHERE p.id = r.id AND p.part = 'request')
  WHERE r.position > $after AND r.part <> 'erasure' AND ($owner IS NULL OR r.owner = $owner)
    AND ($id IS NULL OR r.id = $id)
  ORDER BY r.position LIMIT ${pageRecords}`;

/**
 * Reads a directory's bodies, beside a running gateway or without one; each call opens the file anew.
 * @returns its calls reject with FarthingError `config_invalid` when the key is not the file's.
 */
export function createBodyReader(directory: string, secret: string): BodyReader {
  return {
    lastPosition() {
      const file = openBodyFileForReading(directory, secret);
      try {
        return (file?.database.prepare("SELECT max(position) AS last FROM records").get()?.["last"] ?? 0n) as bigint;
      } finally {
        file?.database.close();
      }
    },
    async verify(kept) {
      const file = openBodyFileForReading(directory, secret);
      if (file === null) return reportOfNone(kept);
      try {
        const steps = walkChain(file, readHead(directory, file.master), kept ?? null);
        for (;;) {
          const step = steps.next();
          if (step.done === true) return step.value;
          await nextTurn();
        }
      } finally {
        file.database.close();
      }
    },
    async *read(selector) {
      const file = openBodyFileForReading(directory, secret);
      if (file === null) return;
      try {
        const page = file.database.prepare(pageQuery);
        for (let after = 0n; ;) {
          const rows = page.all({ $after: after, $owner: selector.owner ?? null, $id: selector.id ?? null });
          for (const row of rows) yield exported(row, file);
          const last = rows.at(-1);
          if (last === undefined) return;
          after = last["position"] as bigint;
          await nextTurn();
        }
      } finally {
        file.database.close();
      }
    },
  };
}

/** A file that is gone is broken for whoever noted a head of it. */
function reportOfNone(kept: ChainHead | undefined): ChainReport {
  const brokenAt = kept === undefined ? null : { position: 0n, what: "there is no store of bodies" };
  return { records: 0n, head: null, brokenAt };
}

function exported(row: Record<string, unknown>, { master }: BodyFile): ExportedBody {
  const position = row["position"] as bigint;
  const id = row["id"] as bigint;
  const part = row["part"] as Exclude<RecordPart, "erasure">;
  const { complete, status } = row;
  const plain = plainOf(row, placeOf(position, id, part), master);
  const { about, body } = plain === null ? { about: null, body: null } : openEnvelope(plain);
  return {
    position,
    id,
    owner: String(row["owner"]) as Scope,
    part,
    route: textOf(row["route"]),
    called: textOf(row["called"]),
    atMs: Number(row["at_ms"]),
    status: status === null ? null : Number(status),
    complete: complete === null ? null : complete === 1n,
    // Our own store wrote it, and the cipher tells whether anybody else did.
    asked: part === "request" ? (about as AskedHow | null) : null,
    answered: part === "reply" ? (about as AnsweredHow | null) : null,
    body,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Null where its key is gone. @throws Error when the body or its key was edited. */
function plainOf(row: Record<string, unknown>, place: string, master: BodyFile["master"]): Uint8Array | null {
  const { sealed, wrapped } = row;
  if (!(wrapped instanceof Uint8Array) || !(sealed instanceof Uint8Array)) return null;
  const whose = { dataKey: row["data_key"] as bigint, owner: String(row["owner"]), user: String(row["end_user"]) };
  try {
    return decrypt(master.unwrap(wrapped, whose), sealed, place);
  } catch (error) {
    throw new Error(`The body at position ${String(row["position"])} was edited; see: farthing bodies verify`, {
      cause: error,
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
