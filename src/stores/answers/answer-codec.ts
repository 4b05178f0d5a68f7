import { crc32 } from "node:zlib";
import type { StoredAnswer } from "../../spec/answer-store.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { DialectName } from "../../spec/request.ts";
import type { Usage } from "../../spec/usage.ts";
import { sizeOf } from "../../kit/concat-bytes.ts";

/** "FAN" and the version of the form; another version is read as nothing, for a cache may forget. */
const magic = 0x46414e02;
const checksumAt = 4;
const headLengthAt = checksumAt + 4;
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
 * An answer as stores outside of the process keep it: 4 bytes of magic and version, 4 of checksum, the length of the
 * head (4, all big endian), the head as JSON with its bigints as digits, then the pieces. The checksum is the CRC-32 of the
 * place (owner, partition and key) and of all that follows it. So an entry that was torn, edited or put under another name
 * is read as nothing; chance lets one of 4 billion through. It is no signature: who can write to the store can make one.
 */
export function encodeAnswer(scope: CacheScope, key: string, answer: StoredAnswer): Uint8Array {
  const head = headTextOf(answer);
  const headBytes = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(headAt + headBytes + sizeOf(answer.pieces));
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt32BE(headBytes, headLengthAt);
  bytes.write(head, headAt);
  let at = headAt + headBytes;
  for (const piece of answer.pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  bytes.writeUInt32BE(checksumOf(scope, key, bytes), checksumAt);
  return bytes;
}

/**
 * Reads what {@link encodeAnswer} wrote for this very place.
 *
 * @returns null for anything else, however it came about; never throws. The pieces are windows on `bytes`.
 */
export function decodeAnswer(scope: CacheScope, key: string, bytes: Uint8Array): StoredAnswer | null {
  if (bytes.length < headAt) return null;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.readUInt32BE(0) !== magic || view.readUInt32BE(checksumAt) !== checksumOf(scope, key, view)) return null;
  const bodyAt = headAt + view.readUInt32BE(headLengthAt);
  // The checksum held, so our own writer made the head for this place: its fields are taken as they stand.
  return answerOf(JSON.parse(view.toString("utf8", headAt, bodyAt)) as AnswerHead, bytes.subarray(bodyAt));
}

/** The lengths go first, so that no two places make one text. */
function checksumOf({ owner, partition }: CacheScope, key: string, bytes: Buffer): number {
  const place = `${owner.length} ${partition.length} ${key.length} ${owner}${partition}${key}`;
  return crc32(bytes.subarray(headLengthAt), crc32(place));
}

let shared: { readonly answer: StoredAnswer; readonly text: string } | null = null;

/**
 * While `run` runs, the head of this answer is made once for all who write it: the tier, and the store behind it, which
 * encodes before its `set` returns. A map of answers that remembers longer would cost more than making the head twice.
 */
export function sharingHead<Result>(answer: StoredAnswer, run: () => Result): Result {
  shared = { answer, text: JSON.stringify(headOf(answer)) };
  try {
    return run();
  } finally {
    shared = null;
  }
}

/** @returns {@link headOf} as JSON. */
export function headTextOf(answer: StoredAnswer): string {
  return shared?.answer === answer ? shared.text : JSON.stringify(headOf(answer));
}

/** The head of an answer; its pieces' bytes go behind one another, apart. */
function headOf(answer: StoredAnswer): AnswerHead {
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
