import type { Scope } from "../../spec/caller.ts";
import type { ExactStore, StoredReply } from "../../spec/exact-store.ts";

/** Settings of the store in memory. */
export interface MemoryExactStoreOptions {
  /** Bytes of answers, headers and bookkeeping held at most. An answer above half of it is not stored. */
  readonly bytesMax: number;
}

/** An {@link ExactStore} that tells how full it is. */
export interface MemoryExactStore extends ExactStore {
  get(scope: Scope, key: string, nowMs: number): StoredReply | null;
  set(scope: Scope, key: string, reply: StoredReply): void;
  /** Bytes held now, never above `bytesMax`. */
  readonly bytes: number;
  readonly entries: number;
}

interface Entry {
  readonly scope: Scope;
  readonly reply: StoredReply;
  readonly bytes: number;
}

interface Generation {
  readonly entries: Map<string, Entry>;
  bytes: number;
  readonly slab: Slab;
}

/** Answers lie side by side in blocks of this size: a buffer of its own for each costs more than all else of storing. */
const blockBytes = 1_048_576;
/** A larger answer gets a block of its own. */
const sharedBytesMax = 65_536;

/** Where the bytes of one generation lie; let go as a whole with it. */
class Slab {
  #block = new Uint8Array(0);
  #used = 0;

  /** Copies the pieces: as received, each may hold a whole network buffer alive. */
  keep(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    return pieces.map((piece) => {
      const { byteLength } = piece;
      if (byteLength > sharedBytesMax) return piece.slice();
      if (this.#used + byteLength > this.#block.byteLength) {
        this.#block = new Uint8Array(blockBytes);
        this.#used = 0;
      }
      this.#block.set(piece, this.#used);
      this.#used += byteLength;
      return this.#block.subarray(this.#used - byteLength, this.#used);
    });
  }
}

/** What an entry costs beside its texts: objects, map slot, array headers. An upper estimate. */
const entryOverheadBytes = 512;

/**
 * Keeps answers in two generations. New ones go to the young; when it holds half of the bytes it becomes the old one, and
 * the old one before it is let go as a whole. An entry that is read moves to the young, so what is asked for stays.
 * Evicting the first key of one large Map one at a time costs 5 times as much.
 */
export function createMemoryExactStore(options: MemoryExactStoreOptions): MemoryExactStore {
  const generationBytesMax = Math.floor(options.bytesMax / 2);
  let young = newGeneration();
  let old = newGeneration();

  const remove = (generation: Generation, key: string): void => {
    const entry = generation.entries.get(key);
    if (entry === undefined) return;
    generation.entries.delete(key);
    generation.bytes -= entry.bytes;
  };
  const place = (key: string, scope: Scope, reply: StoredReply, bytes: number): void => {
    remove(young, key);
    remove(old, key);
    if (young.bytes + bytes > generationBytesMax) {
      old = young;
      young = newGeneration();
    }
    young.entries.set(key, { scope, reply: { ...reply, pieces: young.slab.keep(reply.pieces) }, bytes });
    young.bytes += bytes;
  };

  return {
    get(scope, key, nowMs) {
      const recent = young.entries.get(key);
      const entry = recent ?? old.entries.get(key);
      if (entry === undefined || entry.scope !== scope) return null;
      if (entry.reply.expiresAtMs <= nowMs) {
        remove(recent === undefined ? old : young, key);
        return null;
      }
      // Copied along: where it lay goes with the old generation.
      if (recent === undefined) place(key, scope, entry.reply, entry.bytes);
      return entry.reply;
    },
    set(scope, key, reply) {
      const bytes = entryBytes(key, reply);
      if (bytes > generationBytesMax) return;
      place(key, scope, reply, bytes);
    },
    get bytes() {
      return young.bytes + old.bytes;
    },
    get entries() {
      return young.entries.size + old.entries.size;
    },
  };
}

function entryBytes(key: string, reply: StoredReply): number {
  let bytes = entryOverheadBytes + key.length;
  for (const header of reply.headers) bytes += header.length;
  for (const piece of reply.pieces) bytes += piece.byteLength + 96;
  return bytes;
}

function newGeneration(): Generation {
  return { entries: new Map(), bytes: 0, slab: new Slab() };
}
