import type { Context } from "../../spec/context.ts";
import { raiseAlarm } from "../raise-alarm.ts";

/**
 * Tells the operator that a route's cache stopped by itself for those who share these answers, or came back.
 *
 * @param change as the switch gives it; null: nothing to tell.
 * @param what what the cache keeps, in plain words.
 */
export function announceSwitch(
  context: Context,
  change: "switched-off" | "switched-on" | null,
  what: "answers" | "embeddings",
): void {
  if (change === null) return;
  const found = change === "switched-off" ? `too few useful ${what}` : `enough useful ${what} again`;
  raiseAlarm(context, `cache-${change}`, `${context.route.name}: ${found} among those who share them`);
}
