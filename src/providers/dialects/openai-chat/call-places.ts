/** Where a call stands among the calls of an answer. */
interface OpenCall {
  readonly id: string;
  readonly place: number;
}

/**
 * Numbers the calls of one stream by their beginnings. Servers of this dialect repeat a call's id with every piece, and
 * some give all calls one index and tell them apart by their ids.
 */
export class CallPlaces {
  /** The call that an index means now. As many as the stream has indexes; a stream has few calls. */
  readonly #open: Map<number, OpenCall> = new Map();
  #count = 0;

  /** The place of a call that begins; null when it has begun before. */
  begin(index: number, id: string): number | null {
    const open = this.#open.get(index);
    if (open !== undefined && (id === "" || open.id === "" || id === open.id)) return null;
    const place = this.#count;
    this.#count += 1;
    this.#open.set(index, { id, place });
    return place;
  }

  /** The place of the call that an index means; null when none has begun. */
  at(index: number): number | null {
    return this.#open.get(index)?.place ?? null;
  }
}
