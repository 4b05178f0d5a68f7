import type { RequestHead } from "./read-head.ts";

/**
 * Moves the key that Google's older clients send as `?key=` into the head, as if it had come as a header.
 * @returns the query without it.
 */
export function takeQueryKey(query: string, head: RequestHead): string {
  if (!query.includes("key=")) return query;
  const kept: string[] = [];
  for (const member of query.slice(1).split("&")) {
    if (!member.startsWith("key=")) {
      kept.push(member);
      continue;
    }
    head.repeatedCredential ||= head.apiKey !== null;
    head.apiKey = unescaped(member.slice("key=".length));
  }
  return kept.length === 0 ? "" : `?${kept.join("&")}`;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
