/**
 * Headers that do not change the answer. Everything else that goes upstream is part of the key: an unknown header costs
 * a hit, a forgotten one would cost a wrong answer.
 */
const ignoredHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "baggage",
  "cache-control",
  "content-length",
  "content-type",
  "dnt",
  "idempotency-key",
  "origin",
  "pragma",
  "priority",
  "referer",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-client-request-id",
  // Name and version of the client only.
  "x-goog-api-client",
  "x-request-id",
]);
const ignoredPrefixes: readonly string[] = ["x-stainless-", "sec-", "x-forwarded-"];

/**
 * The headers that stand in the key, as one text.
 *
 * @param own lines as {@link headerLine} makes them that are left out, because every request of the dialect has them.
 */
export function relevantHeaders(headers: readonly string[], own: readonly string[]): string {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = keyNameOf(headers[index] ?? "");
    if (name === null) continue;
    const line = `${name}:${JSON.stringify(headers[index + 1] ?? "")}`;
    if (!own.includes(line)) kept.push(line);
  }
  // Sorted as whole lines: the order of different headers means nothing.
  return kept.length === 0 ? "{}" : `{${kept.toSorted().join(",")}}`;
}

/** Spellings remembered; clients send few, and a stranger may send any. */
const spellingsMax = 512;
const namesBySpelling = new Map<string, string | null>();

/** A header's name as it stands in the key, null for one that does not. */
function keyNameOf(spelling: string): string | null {
  const known = namesBySpelling.get(spelling);
  if (known !== undefined) return known;
  const lower = spelling.toLowerCase();
  const ignored = ignoredHeaders.has(lower) || ignoredPrefixes.some((prefix) => lower.startsWith(prefix));
  const name = ignored ? null : JSON.stringify(lower);
  if (namesBySpelling.size < spellingsMax) namesBySpelling.set(spelling, name);
  return name;
}

/** One header as it stands in the key. */
export function headerLine(name: string, value: string): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}
