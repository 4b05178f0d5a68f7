import type { Journal, JournalEntry } from "../spec/decision.ts";

/** Entries of one request: eight stages, three of them once for each of at most three calls. More is a defect. */
const entriesMax = 64;

/** A new, empty journal; one for each request. Beyond 64 entries it keeps the first ones. */
export function createJournal(): Journal {
  return new RequestJournal();
}

class RequestJournal implements Journal {
  readonly entries: JournalEntry[] = [];

  append(entry: JournalEntry): void {
    if (this.entries.length < entriesMax) this.entries.push(entry);
  }
}
