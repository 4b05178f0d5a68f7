import type { Context } from "../spec/context.ts";
import type { JournalEntry } from "../spec/decision.ts";
import type { AppendResult, RequestRecord } from "../spec/ledger.ts";
import type { Settlement } from "../spec/reply.ts";
import { errorKindOf, raiseAlarm } from "./raise-alarm.ts";
import { type Ending, mayBeBilled, recordOf, settlementOf } from "./settle-record.ts";

/**
 * Builds the row, hands it to the ledger and tells the observers. Returns at once when nothing has to be waited for,
 * else a promise that never rejects.
 */
export function writeRow(context: Context, ending: Ending): Settlement | null | Promise<Settlement | null> {
  const entry = entryOf(ending);
  let record: RequestRecord;
  try {
    record = recordOf(context, ending, entry);
  } catch (error) {
    raiseAlarm(context, "ledger-error", `no row for ${context.requestId}: ${errorKindOf(error)}`);
    context.journal.append(entry);
    return null;
  }
  const settlement = settlementOf(record);
  const sync = context.ports.durability === "strict" && mayBeBilled(record);
  const written = append(context, record, sync);
  notify(context, record);
  if (!sync) {
    context.journal.append(entry);
    return settlement;
  }
  return written.then((result) => {
    // The ledger itself tells the operator of rows that wait or are lost.
    const late = result === "spooled" || result === "dropped";
    context.journal.append(late ? { ...entry, decision: "serve before sync", reason: "spooled", note: result } : entry);
    return settlement;
  });
}

function entryOf(ending: Ending): JournalEntry {
  const reason =
    ending.outcome === "ok" ? "settled" : ending.outcome === "aborted" ? "settled-aborted" : "settled-failed";
  return { stage: "settle", decision: "write row", reason };
}

/** The ledger promises never to reject; should it, the row counts as lost and the answer still leaves. */
function append(context: Context, record: RequestRecord, sync: boolean): Promise<AppendResult> {
  const lost = (): AppendResult => {
    raiseAlarm(context, "ledger-dropped", `request ${context.requestId}: the ledger failed to take its row`);
    return "dropped";
  };
  try {
    return context.ports.ledger.append(record, sync).catch(lost);
  } catch {
    return Promise.resolve(lost());
  }
}

function notify(context: Context, record: RequestRecord): void {
  for (const observe of context.ports.observers) {
    try {
      observe(record);
    } catch (error) {
      raiseAlarm(context, "stage-stepped-aside", `observer: ${errorKindOf(error)}`);
    }
  }
}
