import { headerOf } from "../kit/header-list.ts";

/** True for the headers of a body that comes as server-sent events. */
export function isEventStream(headers: readonly string[]): boolean {
  return headerOf(headers, "content-type")?.toLowerCase().startsWith("text/event-stream") ?? false;
}
