/** Entries whose hits wait to be told; hits on more are not counted until these are told. */
const entriesMax = 10_000;

/** Hits that were not told to the server yet, as the three lists that it takes. */
export interface HitLists {
  readonly owners: readonly string[];
  readonly places: readonly string[];
  readonly hits: readonly string[];
}

/** Gathers hits, so that a read need not write. */
export class HitCounts {
  #counts = new Map<string, number>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Notes a hit on the entry of these digests. */
  note(owner: string, place: string): void {
    const name = `${owner} ${place}`;
    const before = this.#counts.get(name);
    if (before === undefined && this.#counts.size >= entriesMax) return;
    this.#counts.set(name, (before ?? 0) + 1);
  }

  /** Gives what was gathered and begins anew. */
  take(): HitLists {
    const names = [...this.#counts.keys()].map((name) => name.split(" "));
    const hits = [...this.#counts.values()].map(String);
    this.#counts = new Map();
    return { owners: names.map(([owner]) => owner ?? ""), places: names.map(([, place]) => place ?? ""), hits };
  }
}
