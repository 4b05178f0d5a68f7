/** Answers lie side by side in blocks of this size: a buffer of its own for each costs more than all else of storing. */
const blockBytesMax = 1_048_576;
/** Blocks of a small store are this part of its generation, since a block that is begun counts whole; ... */
const blocksPerGeneration = 16;
/** ... and a piece above this part of a block gets a buffer of its own, so that little of a block stays unused. */
const piecesPerBlock = 16;

/** Where the bytes of one generation lie. Its blocks are let go with it, all at once. */
export class Slab {
  readonly #blockBytes: number;
  readonly #sharedBytesMax: number;
  #block = new Uint8Array(0);
  #used = 0;

  constructor(generationBytesMax: number) {
    this.#blockBytes = Math.min(blockBytesMax, Math.floor(generationBytesMax / blocksPerGeneration));
    this.#sharedBytesMax = Math.floor(this.#blockBytes / piecesPerBlock);
  }

  /** Bytes of the new blocks that `keep` would begin for these pieces. */
  blockBytesFor(pieces: readonly Uint8Array[]): number {
    let free = this.#block.byteLength - this.#used;
    let bytes = 0;
    for (const { byteLength } of pieces) {
      if (byteLength > this.#sharedBytesMax) continue;
      if (byteLength > free) {
        bytes += this.#blockBytes;
        free = this.#blockBytes;
      }
      free -= byteLength;
    }
    return bytes;
  }

  /** Bytes of the pieces that get a buffer of their own. */
  ownBytesOf(pieces: readonly Uint8Array[]): number {
    let bytes = 0;
    for (const { byteLength } of pieces) if (byteLength > this.#sharedBytesMax) bytes += byteLength;
    return bytes;
  }

  /** Copies the pieces: as received, each may hold a whole network buffer alive. */
  keep(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
    return pieces.map((piece) => {
      const { byteLength } = piece;
      if (byteLength > this.#sharedBytesMax) return piece.slice();
      if (this.#used + byteLength > this.#block.byteLength) {
        this.#block = new Uint8Array(this.#blockBytes);
        this.#used = 0;
      }
      this.#block.set(piece, this.#used);
      this.#used += byteLength;
      return this.#block.subarray(this.#used - byteLength, this.#used);
    });
  }
}
