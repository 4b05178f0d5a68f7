import type { Scope } from "../../spec/caller.ts";
import type { ExactStore, StoredReply } from "../../spec/exact-store.ts";
import { Slab } from "./slab.ts";

/** Settings of the store in memory. */
export interface MemoryExactStoreOptions {
  /** Bytes of answers, headers and bookkeeping held at most. An answer above half of it is not stored. */
  readonly bytesMax: number;
}

/** An {@link ExactStore} that tells how full it is. */
export interface MemoryExactStore extends ExactStore {
  get(scope: Scope, key: string, nowMs: number): StoredReply | null;
  set(scope: Scope, key: string, reply: StoredReply): void;
  /** Bytes held now, never above `bytesMax`; shared blocks count whole, until the last answer of their generation goes. */
  readonly bytes: number;
  readonly entries: number;
}

interface Entry {
  readonly scope: Scope;
  readonly reply: StoredReply;
  /** Bytes that are free when the entry goes alone; what lies in a block is not. */
  readonly ownBytes: number;
}

interface Generation {
  readonly entries: Map<string, Entry>;
  bytes: number;
  slab: Slab;
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
  const newGeneration = (): Generation => ({ entries: new Map(), bytes: 0, slab: new Slab(generationBytesMax) });
  const untouched = new Slab(generationBytesMax);
  let young = newGeneration();
  let old = newGeneration();

  const remove = (generation: Generation, key: string): void => {
    const entry = generation.entries.get(key);
    if (entry === undefined) return;
    generation.entries.delete(key);
    generation.bytes -= entry.ownBytes;
    // One entry that is left keeps its whole block.
    if (generation.entries.size > 0) return;
    generation.slab = new Slab(generationBytesMax);
    generation.bytes = 0;
  };
  const place = (key: string, scope: Scope, reply: StoredReply): void => {
    const { pieces } = reply;
    const ownBytes = bookkeepingBytes(key, reply) + untouched.ownBytesOf(pieces);
    if (ownBytes + untouched.blockBytesFor(pieces) > generationBytesMax) return;
    remove(young, key);
    remove(old, key);
    if (young.bytes + ownBytes + young.slab.blockBytesFor(pieces) > generationBytesMax) {
      old = young;
      young = newGeneration();
    }
    young.bytes += ownBytes + young.slab.blockBytesFor(pieces);
    young.entries.set(key, { scope, reply: { ...reply, pieces: young.slab.keep(pieces) }, ownBytes });
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
      if (recent === undefined) place(key, scope, entry.reply);
      return entry.reply;
    },
    set(scope, key, reply) {
      place(key, scope, reply);
    },
    get bytes() {
      return young.bytes + old.bytes;
    },
    get entries() {
      return young.entries.size + old.entries.size;
    },
  };
}

function bookkeepingBytes(key: string, reply: StoredReply): number {
  let bytes = entryOverheadBytes + key.length;
  for (const header of reply.headers) bytes += header.length;
  return bytes + 96 * reply.pieces.length;
}
