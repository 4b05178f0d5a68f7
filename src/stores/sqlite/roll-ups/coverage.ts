import type { ReportDimension } from "../../../spec/report.ts";
import { arrivalOf } from "../../../kit/request-id.ts";
import { idAt, idMsMax, type IdWindow } from "../id-window.ts";
import { quarterMs, rolledDimensionSql } from "./report-dimensions.ts";
import { dayEndOf, dayStartOf, type RollUpState } from "./roll-up-state.ts";
import type { LongSpan } from "./long-spans.ts";
import type { RollUpLevel } from "./schema-roll-ups.ts";

/** Spans of one level and length, all of them whole, from a moment up to another. */
export interface RolledSpan {
  readonly level: RollUpLevel;
  /** Length of the spans in days; null for quarters of an hour. */
  readonly days: number | null;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Where the sums of a window are read: whole spans from the roll-ups, the rows of those spans that are not in the roll-ups yet,
 * and all rows of what is left at the edges. Together each row of the window counts once.
 */
export interface Coverage {
  /** The window that is covered. Wider than asked for, by whole spans, where rows of an edge were deleted. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly rolled: readonly RolledSpan[];
  /** Windows of which only rows that are not folded yet are read. */
  readonly unfolded: readonly IdWindow[];
  /** Windows of which every row is read. */
  readonly rows: readonly IdWindow[];
}

const earliestMs = arrivalOf(0n);

const quarterStart = (ms: number): number => Math.floor(ms / quarterMs) * quarterMs;
const quarterEnd = (ms: number): number => Math.ceil(ms / quarterMs) * quarterMs;

/** Every row of a window, and no roll-up. */
export function coverByRows(fromMs: number, toMs: number): Coverage {
  return { fromMs, toMs, rolled: [], unfolded: [], rows: windowOf(fromMs, toMs) };
}

/**
 * Covers a window for a grouping, by the longest spans that know its dimensions.
 * @param zone zone of the days that a grouping by day asks for.
 * @param longSpans those that may be read in place of days.
 */
export function coverWindow(
  state: RollUpState,
  window: { readonly fromMs: number; readonly toMs: number },
  by: readonly ReportDimension[],
  zone: string,
  longSpans: readonly LongSpan[] = [],
): Coverage {
  const asked = { fromMs: Math.max(window.fromMs, earliestMs), toMs: Math.min(window.toMs, idMsMax) };
  const knows = (level: RollUpLevel): boolean => by.every((name) => rolledDimensionSql(name, level) !== null);
  const foldedInto = state.zones.length > 0 && state.foldedBelowId > 0n;
  const zoneFits = !by.includes("day") || state.zones.every((span) => span.zone === zone);
  const quarters = foldedInto ? (["quarter-total", "quarter"] as const).find(knows) : undefined;
  const days = foldedInto && zoneFits ? (["day-total", "day", "user-day"] as const).find(knows) : undefined;
  if (quarters === undefined && days === undefined) {
    // What retention may have deleted is no part of such a window, rather than a part with some rows missing.
    return coverByRows(Math.max(window.fromMs, Math.min(state.rowsFromMs, window.toMs)), window.toMs);
  }
  const { fromMs, toMs } = widen(state, asked, quarters !== undefined, days !== undefined);
  // Nothing folded lies behind the window: its last span may be read whole, though it goes on.
  const open = idAt(toMs) >= state.foldedBelowId;
  const daysFromMs = days === undefined ? toMs : dayEdge(state, Math.max(fromMs, state.daysFromMs), true);
  const daysToMs = days === undefined ? toMs : dayEdge(state, toMs, open);
  const parts: (RolledSpan | IdWindow)[] = [];
  if (days !== undefined && daysFromMs < daysToMs) {
    if (fromMs < daysFromMs) parts.push(...coverEdge(state, fromMs, daysFromMs, quarters, false));
    // A line for each day is asked for: longer spans do not have it.
    const spans = by.includes("day") ? [] : longSpans;
    parts.push(...coverDays(state, days, daysFromMs, daysToMs, spans));
    if (daysToMs < toMs) parts.push(...coverEdge(state, daysToMs, toMs, quarters, open));
  } else parts.push(...coverEdge(state, fromMs, toMs, quarters, open));
  const rolled = parts.filter((part) => "level" in part);
  return {
    fromMs: asked.fromMs === fromMs ? window.fromMs : fromMs,
    toMs: asked.toMs === toMs ? window.toMs : toMs,
    rolled,
    unfolded: joined(rolled).flatMap((span) => windowOf(span.fromMs, Math.min(span.toMs, toMs))),
    rows: parts.filter((part) => "fromId" in part),
  };
}

/** Whole days, by the longest spans that there are. */
function coverDays(
  { zones }: RollUpState,
  level: RollUpLevel,
  fromMs: number,
  toMs: number,
  longSpans: readonly LongSpan[],
): readonly RolledSpan[] {
  const longest = new Map<number, LongSpan>();
  for (const span of longSpans) {
    const known = longest.get(span.startMs);
    if (span.endMs <= toMs && span.days > (known?.days ?? 1)) longest.set(span.startMs, span);
  }
  if (longest.size === 0) return [{ level, days: 1, fromMs, toMs }];
  const spans: RolledSpan[] = [];
  let atMs = fromMs;
  while (atMs < toMs) {
    const long = longest.get(atMs);
    const endMs = long?.endMs ?? dayEndOf(zones, atMs);
    const days = long?.days ?? 1;
    const last = spans.at(-1);
    if (last?.days === days) spans[spans.length - 1] = { ...last, toMs: endMs };
    else spans.push({ level, days, fromMs: atMs, toMs: endMs });
    atMs = endMs;
  }
  return spans;
}

/** Spans that touch, as one: the rows that they do not hold yet are asked for once. */
function joined(spans: readonly RolledSpan[]): readonly RolledSpan[] {
  const wider: RolledSpan[] = [];
  for (const span of spans) {
    const last = wider.at(-1);
    if (last?.toMs === span.fromMs) wider[wider.length - 1] = { ...last, toMs: span.toMs };
    else wider.push(span);
  }
  return wider;
}

/** Less than whole days: quarters of an hour between rows, where there are quarters. */
function coverEdge(
  state: RollUpState,
  fromMs: number,
  toMs: number,
  quarters: RollUpLevel | undefined,
  open: boolean,
): readonly (RolledSpan | IdWindow)[] {
  const start = quarterEnd(Math.max(fromMs, state.quartersFromMs));
  const end = open ? quarterEnd(toMs) : quarterStart(toMs);
  if (quarters === undefined || start >= end) return windowOf(fromMs, toMs);
  const span = { level: quarters, days: null, fromMs: start, toMs: end };
  return [...windowOf(fromMs, start), span, ...windowOf(end, toMs)];
}

/** Where rows of an edge were deleted the whole span is taken that the edge lies in. */
function widen(
  state: RollUpState,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  quarters: boolean,
  days: boolean,
): { readonly fromMs: number; readonly toMs: number } {
  const { rowsFromMs, quartersFromMs, zones } = state;
  const hasQuarter = (ms: number): boolean => quarters && quarterStart(ms) >= quartersFromMs;
  let from = fromMs;
  if (fromMs < rowsFromMs) {
    if (hasQuarter(fromMs)) from = quarterStart(fromMs);
    else if (days) from = dayStartOf(zones, fromMs);
    else from = Math.min(toMs, Math.max(fromMs, Math.min(rowsFromMs, quartersFromMs)));
  }
  let to = toMs;
  if (hasQuarter(toMs)) {
    if (quarterStart(toMs) < rowsFromMs) to = quarterEnd(toMs);
  } else if (days && dayStartOf(zones, toMs) < rowsFromMs) to = dayEdge(state, toMs, true);
  return { fromMs: from, toMs: to };
}

/** The edge of a day at `ms`, else the next one (`later`) or the one before. */
function dayEdge({ zones }: RollUpState, ms: number, later: boolean): number {
  const start = dayStartOf(zones, ms);
  return start === ms || !later ? start : dayEndOf(zones, ms);
}

function windowOf(fromMs: number, toMs: number): readonly IdWindow[] {
  const window = { fromId: idAt(fromMs), toId: idAt(toMs) };
  return window.fromId < window.toId ? [window] : [];
}
