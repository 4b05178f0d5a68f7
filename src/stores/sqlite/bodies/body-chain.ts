import { hash } from "node:crypto";
import type { MasterKey } from "./body-keys.ts";

/** The three kinds of lines: the two sides of an exchange, and that a user's key was destroyed. */
export type RecordPart = "request" | "reply" | "erasure";

/** One line of the chain, without the digest that chains it. */
export interface ChainLine {
  readonly position: bigint;
  /** Of the request; 0 of an erasure. */
  readonly id: bigint;
  readonly part: RecordPart;
  readonly owner: string;
  readonly dataKey: bigint;
  /** Route, dialect and what was called: empty of a reply and of an erasure. */
  readonly route: string;
  readonly dialect: string;
  readonly called: string;
  readonly atMs: bigint;
  readonly status: bigint | null;
  readonly complete: bigint | null;
  /** SHA-256 of what is stored of the body, encrypted; of nothing for an erasure. */
  readonly sealedDigest: Uint8Array;
}

/** A place in the chain: a position, and the digest of everything up to it. */
export interface ChainMark {
  readonly position: bigint;
  readonly line: Uint8Array;
}

/** Before the first line. */
export const chainStart: ChainMark = { position: 0n, line: new Uint8Array(32) };

/** SHA-256 of bytes. */
export function digestOf(bytes: Uint8Array): Uint8Array {
  return hash("sha256", bytes, "buffer");
}

/**
 * Digest of a line and, through the digest before it, of every line before: SHA-256 of all of them as one JSON text, so that
 * no two lines are written alike.
 */
export function lineDigest(before: Uint8Array, line: ChainLine): Uint8Array {
  const text = JSON.stringify([
    hex(before),
    String(line.position),
    String(line.id),
    line.part,
    line.owner,
    String(line.dataKey),
    line.route,
    line.dialect,
    line.called,
    String(line.atMs),
    line.status === null ? null : String(line.status),
    line.complete === null ? null : String(line.complete),
    hex(line.sealedDigest),
  ]);
  return hash("sha256", text, "buffer");
}

/** What a body's ciphertext is bound to beside its key: it opens at its own place only. */
export function placeOf(position: bigint, id: bigint, part: RecordPart): string {
  return JSON.stringify([String(position), String(id), part]);
}

/**
 * The seal of a mark. Digests alone could be reckoned anew by whoever edits the lines; a seal needs the master key.
 *
 * @param name `base`, `head`, or `file` for the head in its file.
 */
export function sealOf(master: MasterKey, name: string, { position, line }: ChainMark): Uint8Array {
  return master.seal(JSON.stringify(["mark", name, String(position), hex(line)]));
}

/** As lower-case hex. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
