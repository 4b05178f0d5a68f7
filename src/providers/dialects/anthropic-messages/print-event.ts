import type { JsonObject } from "../../../spec/json.ts";

/** One server-sent event; clients pass over events without their name. */
export function printEvent(document: JsonObject & { readonly type: string }): string {
  return `event: ${document.type}\ndata: ${JSON.stringify(document)}\n\n`;
}
