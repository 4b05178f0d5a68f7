import type { JsonObject } from "../../../spec/json.ts";
import { isGiven } from "../read-count.ts";

/** Collects what the reading of a request leaves out, each path once and without indexes. */
export class ReadingNotes {
  readonly #dropped: Set<string> = new Set();

  /** Paths in the order they were met. */
  get dropped(): readonly string[] {
    return [...this.#dropped];
  }

  leaveOut(path: string): void {
    this.#dropped.add(path.replaceAll(/\[\d+\]/g, "[]"));
  }

  /** Leaves out every given member that is not among `known`. */
  leaveOutUnknown(fields: Readonly<JsonObject>, path: string, known: readonly string[]): void {
    for (const name in fields) {
      if (!known.includes(name) && isGiven(fields[name])) this.leaveOut(`${path}.${name}`);
    }
  }
}
