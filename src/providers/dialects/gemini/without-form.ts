import type { FormlessRequest } from "../../../spec/dialect.ts";
import type { ModelRequest } from "../../../spec/request.ts";

/**
 * The form is in the path, and in the query: `alt=sse` for a stream. A stream without it comes as one JSON array, which is
 * a form of its own; so is whatever else `alt` may ask for.
 */
export function withoutForm({ stream }: ModelRequest, query: string): FormlessRequest | null {
  const words = query.replace(/^\?/, "").split("&");
  const kept = words.filter((word) => word !== "" && !(stream && word === "alt=sse"));
  const asksForEvents = words.includes("alt=sse");
  if (asksForEvents !== stream || kept.some((word) => /^(?:\$|%24)?alt=/i.test(word))) return null;
  return { omitted: null, query: kept.length === 0 ? "" : `?${kept.join("&")}` };
}
