import { decodeSse } from "../../kit/sse-decode.ts";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { DeltaShortcut } from "./delta-shortcut.ts";

/** Reads the data of one event into `events`; true when it was the terminal event. */
export type FoldData = (data: string, events: StreamEvent[]) => boolean;

/** Folds a whole stream with a dialect's reading of one event, up to its terminal event. */
export function foldEvents(bytes: Uint8Array, fold: FoldData): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  const shortcut = new DeltaShortcut();
  const probe = (data: string): StreamEvent | null => {
    const probed: StreamEvent[] = [];
    fold(data, probed);
    return probed.length === 1 ? (probed[0] ?? null) : null;
  };
  for (const { data } of decodeSse(bytes)) {
    const quick = shortcut.read(data);
    if (quick !== null) {
      events.push(quick);
      continue;
    }
    const before = events.length;
    if (fold(data, events)) break;
    const only = events[before];
    if (only !== undefined && events.length === before + 1) shortcut.learn(data, only, probe);
  }
  return events;
}
