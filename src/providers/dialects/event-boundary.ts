/**
 * Where events of a server-sent event stream end, on bytes alone: a blank line, in any of the three line ends and their
 * mixtures. All functions expect bytes that start at the start of a line unless told otherwise.
 */

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * True when the bytes up to `end` (exclusive) end with a blank line, so that an event may end there. `atLineStart` says
 * that offset 0 is the start of a line.
 */
export function endsEvent(bytes: Uint8Array, end: number, atLineStart: boolean): boolean {
  const last = bytes[end - 1];
  const before = end >= 2 ? bytes[end - 2] : startOf(atLineStart);
  if (last === carriageReturn) return isLineEnd(before);
  if (last !== lineFeed) return false;
  if (before !== carriageReturn) return before === lineFeed;
  // CR LF is one line end: what stands before it decides.
  return isLineEnd(end >= 3 ? bytes[end - 3] : startOf(atLineStart));
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === lineFeed || byte === carriageReturn;
}

/** The start of a line reads like the end of the line before. */
function startOf(atLineStart: boolean): number | undefined {
  return atLineStart ? lineFeed : undefined;
}

/** The last offset in (`from`, length] where an event ends, or `from` when there is none. */
export function lastEventEnd(bytes: Uint8Array, from: number, atLineStart: boolean): number {
  for (let end = bytes.length; end > from; end -= 1) {
    if (endsEvent(bytes, end, atLineStart)) return end;
  }
  return from;
}

/** The first offset after `from` where an event ends, a LF that completes its CR included; -1 when there is none. */
export function nextEventEnd(bytes: Uint8Array, from: number, atLineStart: boolean): number {
  // From the start of a line on, only the bytes of this event count.
  const rest = from === 0 ? bytes : bytes.subarray(from);
  for (let end = 1; end <= rest.length; end += 1) {
    if (!endsEvent(rest, end, atLineStart)) continue;
    const completed = rest[end - 1] === carriageReturn && rest[end] === lineFeed;
    return from + end + (completed ? 1 : 0);
  }
  return -1;
}
