/** The first value of the header `name` (lower case) in a list of names and values in turn; null when it is not there. */
export function headerOf(headers: readonly string[], name: string): string | null {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const candidate = headers[index];
    // Lengths differ for nearly all, and comparing them costs nothing.
    if (candidate !== undefined && candidate.length === name.length && candidate.toLowerCase() === name) {
      return headers[index + 1] ?? null;
    }
  }
  return null;
}

/** The list without the headers named (lower case); the same array when none of them is in it. */
export function withoutHeaders(headers: readonly string[], names: ReadonlySet<string>): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (!names.has(name.toLowerCase())) kept.push(name, headers[index + 1] ?? "");
  }
  return kept.length === headers.length ? headers : kept;
}
