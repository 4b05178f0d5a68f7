import type { AnswerStore, StoredAnswer } from "../../spec/answer-store.ts";
import type { AnswerSource } from "./answer-tags.ts";

/** Models that are watched at once; the one that was longest without an answer is forgotten. */
export const watchedModelsMax = 1_024;
/** Snapshots of one model whose end is remembered by name; older ends count for every answer stored before them. */
export const endedSnapshotsMax = 16;

/** What is known of one model name at one endpoint. */
interface WatchedModel {
  current: string;
  /** When the current snapshot was first seen. */
  sinceMs: number;
  /** When each earlier snapshot was last replaced. */
  readonly endedMs: Map<string, number>;
  /** Whatever was stored until then is dead, of whichever snapshot. */
  endedUntilMs: number;
}

/**
 * Which snapshot answers behind each model's name. Once an alias answers as another snapshot, what the old one answered
 * before is not what the caller would get now.
 */
export class SnapshotWatch {
  readonly #models = new Map<string, WatchedModel>();

  /**
   * Notes who answered a call that began at `startedAtMs`. A call that began before the current snapshot was first seen
   * says nothing new.
   *
   * @returns the snapshot that ended with this answer; null: none did.
   */
  note(source: AnswerSource, startedAtMs: number, nowMs: number): string | null {
    const { servedModel } = source;
    if (servedModel === null) return null;
    const name = nameOf(source);
    const known = this.#models.get(name);
    if (known === undefined) {
      this.#makeRoom();
      this.#models.set(name, { current: servedModel, sinceMs: nowMs, endedMs: new Map(), endedUntilMs: -1 });
      return null;
    }
    this.#models.delete(name);
    this.#models.set(name, known);
    if (known.current === servedModel || startedAtMs < known.sinceMs) return null;
    const ended = known.current;
    replace(known, servedModel, nowMs);
    return ended;
  }

  /** Whether a stored answer is of a snapshot that has ended since. */
  isEnded({ endpointId, model, servedModel, storedAtMs }: AnswerSource & Pick<StoredAnswer, "storedAtMs">): boolean {
    if (servedModel === null) return false;
    const known = this.#models.get(nameOf({ endpointId, model }));
    if (known === undefined) return false;
    if (servedModel !== known.current) return true;
    return storedAtMs <= known.endedUntilMs || storedAtMs <= (known.endedMs.get(servedModel) ?? -1);
  }

  /** How many models are watched. */
  get size(): number {
    return this.#models.size;
  }

  #makeRoom(): void {
    if (this.#models.size < watchedModelsMax) return;
    const oldest = this.#models.keys().next().value;
    if (oldest !== undefined) this.#models.delete(oldest);
  }
}

function replace(known: WatchedModel, servedModel: string, nowMs: number): void {
  known.endedMs.delete(known.current);
  known.endedMs.set(known.current, nowMs);
  if (known.endedMs.size > endedSnapshotsMax) {
    const [oldest] = known.endedMs;
    if (oldest !== undefined) {
      known.endedUntilMs = Math.max(known.endedUntilMs, oldest[1]);
      known.endedMs.delete(oldest[0]);
    }
  }
  known.current = servedModel;
  known.sinceMs = nowMs;
}

function nameOf({ endpointId, model }: Pick<AnswerSource, "endpointId" | "model">): string {
  return JSON.stringify([endpointId, model]);
}

/** One watch for each store of answers: an answer on one route tells of all entries that the store holds. */
const watches = new WeakMap<AnswerStore, SnapshotWatch>();

/** The watch over the entries of a store, in this process. */
export function snapshotWatchOf(answers: AnswerStore): SnapshotWatch {
  let watch = watches.get(answers);
  if (watch === undefined) {
    watch = new SnapshotWatch();
    watches.set(answers, watch);
  }
  return watch;
}
