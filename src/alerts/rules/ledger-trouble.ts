import type { Alert, AlertRule, AlertSeverity } from "../../spec/alert.ts";

/** A tenth of the rows that wait in memory at most by default: seconds of traffic, not a moment. */
const rowsQueuedMax = 10_000;

/** Rows lost, writes that fail, rows that pile up. */
export function createLedgerTroubleRule(): AlertRule {
  return {
    name: "ledger-trouble",
    evaluate({ ledger }) {
      const { rowsQueued, rowsDropped, lastError } = ledger;
      return [
        ...(rowsDropped > 0
          ? [
              alertOf(
                "rows lost",
                "critical",
                `${rowsDropped} ledger rows were lost in the last hour`,
                `${rowsDropped}`,
                "0",
              ),
            ]
          : []),
        ...(lastError === null
          ? []
          : [
              alertOf("writes fail", "critical", `Writing the ledger fails: ${lastError}`, lastError, "writes succeed"),
            ]),
        ...(rowsQueued > rowsQueuedMax
          ? [
              alertOf(
                "rows wait",
                "warning",
                `${rowsQueued} ledger rows wait in memory`,
                `${rowsQueued}`,
                `at most ${rowsQueuedMax}`,
              ),
            ]
          : []),
      ];
    },
  };
}

function alertOf(subject: string, severity: AlertSeverity, what: string, actual: string, expected: string): Alert {
  return {
    rule: "ledger-trouble",
    subject,
    severity,
    summary: `${what}.`,
    actual,
    expected,
    meaning: "The disk does not take rows as fast as requests settle. What is lost is missing from every sum.",
    nextStep: "Free or replace the disk of the data directory; farthing doctor looks at it.",
  };
}
