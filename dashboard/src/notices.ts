import type { Overview } from "../../src/spec/admin-api.ts";
import { countOf } from "./figures.ts";

/** Something that a reader of the figures has to know. */
export interface Notice {
  readonly weight: "alarm" | "note";
  readonly title: string;
  readonly text: string;
}

/** What is not in the sums, and what in them is an estimate. Worst first; empty when the figures are whole and exact. */
export function noticesOf(overview: Overview): readonly Notice[] {
  const { unpriced, estimated, rowsDropped, rowsParked, rowsSpooled } = overview;
  const notices: Notice[] = [];
  const add = (count: number, weight: Notice["weight"], title: string, text: string): void => {
    if (count > 0) notices.push({ weight, title, text });
  };
  add(
    unpriced,
    "alarm",
    `${countOf(unpriced, "request")} without a known price`,
    "Their cost is unknown, not zero, and is missing in the sums. Name a price for the model under prices: in farthing.yaml.",
  );
  add(
    rowsDropped,
    "alarm",
    `${countOf(rowsDropped, "row")} lost`,
    "The disk stalled longer than memory could hold. These requests were served and are missing in the sums.",
  );
  add(
    rowsParked,
    "alarm",
    `${countOf(rowsParked, "row")} refused by the ledger`,
    "They are kept apart for a person to look at and are missing in the sums. Run farthing doctor.",
  );
  add(
    estimated,
    "note",
    `${countOf(estimated, "request")} estimated`,
    "The provider did not report usage (most often because the caller left early). The estimate is in the sums.",
  );
  add(
    rowsSpooled,
    "note",
    `${countOf(rowsSpooled, "row")} waited for the disk`,
    "These requests were answered before their rows were on disk. The rows are there now.",
  );
  return notices;
}
