/** One event of a stream, as a client that reads SSE by hand sees it. */
export interface SseEvent {
  /** Null: no `event:` line. */
  readonly name: string | null;
  readonly data: string;
  /** Null for data that is no JSON. */
  readonly json: unknown;
}

/** Splits a whole stream into its events; comments are left out. */
export function readEvents(text: string): readonly SseEvent[] {
  return text
    .split(/\r?\n\r?\n/)
    .map((block) => block.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith(":")))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const name = fieldOf(lines, "event");
      const data = fieldOf(lines, "data") ?? "";
      return { name, data, json: parsed(data) };
    });
}

function fieldOf(lines: readonly string[], field: string): string | null {
  const found = lines
    .filter((line) => line.startsWith(`${field}:`))
    .map((line) => line.slice(field.length + 1).trimStart());
  return found.length === 0 ? null : found.join("\n");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
