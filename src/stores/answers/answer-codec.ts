import { hash } from "node:crypto";
import type { StoredAnswer } from "../../spec/answer-store.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { DialectName } from "../../spec/request.ts";
import type { Usage } from "../../spec/usage.ts";

/** "FAN" and the version of the form; another version is read as nothing, for a cache may forget. */
const magic = Uint8Array.of(0x46, 0x41, 0x4e, 0x01);
/** Half of a SHA-256: chance lets none of 2^64 torn entries through. */
const checksumBytes = 16;
const headLengthAt = magic.length + checksumBytes;
const headAt = headLengthAt + 4;

/** All of an answer but the bytes of its pieces, fit for JSON. */
export type AnswerHead = [
  kind: StoredAnswer["kind"],
  status: number,
  dialect: DialectName,
  headers: readonly string[],
  pieceBytes: readonly number[],
  streamUsage: boolean,
  usage: Usage,
  endpointId: string,
  vendor: string,
  model: string,
  servedModel: string | null,
  boughtBy: string,
  costPicoUsd: string,
  asked: string | null,
  storedAtMs: number,
  freshUntilMs: number,
  endsAtMs: number,
  tags: readonly string[],
];

/**
 * An answer as stores outside of the process keep it: 4 bytes of magic and version, 16 of checksum, the length of the
 * head (4, big endian), the head as JSON with its bigints as digits, then the pieces. The checksum covers all that
 * follows it and the place: owner, partition and key. So an entry that was torn, edited or put under another name is
 * read as nothing. It is no signature: who can write to the store can make one.
 */
export function encodeAnswer(scope: CacheScope, key: string, answer: StoredAnswer): Uint8Array {
  const head = Buffer.from(JSON.stringify(headOf(answer)));
  const body = answer.pieces.reduce((sum, piece) => sum + piece.length, 0);
  const bytes = Buffer.allocUnsafe(headAt + head.length + body);
  bytes.set(magic, 0);
  bytes.writeUInt32BE(head.length, headLengthAt);
  bytes.set(head, headAt);
  let at = headAt + head.length;
  for (const piece of answer.pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  checksumOf(scope, key, bytes).copy(bytes, magic.length, 0, checksumBytes);
  return bytes;
}

/**
 * Reads what {@link encodeAnswer} wrote for this very place.
 *
 * @returns null for anything else, however it came about; never throws. The pieces are windows on `bytes`.
 */
export function decodeAnswer(scope: CacheScope, key: string, bytes: Uint8Array): StoredAnswer | null {
  if (bytes.length < headAt || magic.some((byte, index) => bytes[index] !== byte)) return null;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sum = checksumOf(scope, key, view);
  if (sum.compare(view, magic.length, headLengthAt, 0, checksumBytes) !== 0) return null;
  const bodyAt = headAt + view.readUInt32BE(headLengthAt);
  // The checksum held, so our own writer made the head for this place: its fields are taken as they stand.
  return answerOf(JSON.parse(view.toString("utf8", headAt, bodyAt)) as AnswerHead, bytes.subarray(bodyAt));
}

function checksumOf({ owner, partition }: CacheScope, key: string, bytes: Buffer): Buffer {
  const place = JSON.stringify([owner, partition, key]);
  // In one call over a copy: the steps of a running hash cost more than copying what a usual answer takes.
  const text = Buffer.concat([Buffer.from(`${place.length} ${place}`), bytes.subarray(headLengthAt)]);
  return hash("sha256", text, "buffer");
}

/** @returns the head of an answer; its pieces' bytes go behind one another, apart. */
export function headOf(answer: StoredAnswer): AnswerHead {
  return [
    answer.kind,
    answer.status,
    answer.dialect,
    answer.headers,
    answer.pieces.map((piece) => piece.length),
    answer.streamUsage,
    answer.usage,
    answer.endpointId,
    answer.vendor,
    answer.model,
    answer.servedModel,
    String(answer.boughtBy),
    String(answer.costPicoUsd),
    answer.asked,
    answer.storedAtMs,
    answer.freshUntilMs,
    answer.endsAtMs,
    answer.tags,
  ];
}

/** @returns the answer of a head that {@link headOf} made; its pieces are windows on `body`. */
export function answerOf(head: AnswerHead, body: Uint8Array): StoredAnswer {
  let at = 0;
  // By place, not by pattern: taking an array apart would cost more than all else here.
  return {
    kind: head[0],
    status: head[1],
    dialect: head[2],
    headers: head[3],
    pieces: head[4].map((length) => body.subarray(at, (at += length))),
    streamUsage: head[5],
    usage: head[6],
    endpointId: head[7],
    vendor: head[8],
    model: head[9],
    servedModel: head[10],
    boughtBy: BigInt(head[11]),
    costPicoUsd: BigInt(head[12]),
    asked: head[13],
    storedAtMs: head[14],
    freshUntilMs: head[15],
    endsAtMs: head[16],
    tags: head[17],
  };
}
