import type { EntryJudge, Segment } from "./segment.ts";

/** Segments and entries judged at once, about: they bound how long one request waits for room. */
const segmentsMax = 64;
const candidatesMax = 1_024;
/** Hits below this are as good as none: one, four half-lives ago. */
const hitsMin = 1 / 16;

interface Candidate {
  readonly segment: Segment;
  readonly at: number;
  readonly density: number;
}

/** What becomes of the oldest segments. */
export interface Verdict {
  readonly segments: readonly Segment[];
  /** Offsets of the entries that stay; at most half of all their bytes. */
  readonly keep: ReadonlyMap<Segment, ReadonlySet<number>>;
}

/**
 * Takes segments from the oldest on until half of their bytes are worth nothing (removed, ended, never asked for), or
 * there are enough of them; then the densest entries up to that half stay.
 */
export function judgeSegments(
  queue: Iterable<Segment>,
  busy: ReadonlySet<Segment | null>,
  keeps: EntryJudge,
  nowMs: number,
): Verdict {
  const segments: Segment[] = [];
  const candidates: Candidate[] = [];
  let [bytes, wanted] = [0, 0];
  for (const segment of queue) {
    if (busy.has(segment)) continue;
    segments.push(segment);
    bytes += segment.capacity;
    for (const at of segment.entries()) {
      if (segment.endsAtMsOf(at) <= nowMs || segment.hitsOf(at, nowMs) < hitsMin || !keeps(segment, at)) continue;
      candidates.push({ segment, at, density: segment.densityOf(at, nowMs) });
      wanted += segment.sizeOf(at);
    }
    if (wanted <= bytes / 2 || segments.length >= segmentsMax || candidates.length >= candidatesMax) break;
  }
  return { segments, keep: densest(candidates, bytes / 2) };
}

function densest(candidates: readonly Candidate[], bytesMax: number): ReadonlyMap<Segment, ReadonlySet<number>> {
  const keep = new Map<Segment, Set<number>>();
  let bytes = 0;
  for (const { segment, at } of candidates.toSorted((one, other) => other.density - one.density)) {
    bytes += segment.sizeOf(at);
    if (bytes > bytesMax) break;
    const kept = keep.get(segment) ?? new Set();
    keep.set(segment, kept.add(at));
  }
  return keep;
}
