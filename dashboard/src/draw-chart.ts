import uPlot from "uplot";
import type { ChartSeries } from "./chart-series.ts";
import { clockfaceOf } from "./figures.ts";
import { formatTick } from "./money.ts";

/** What a chart is drawn for. Times in milliseconds since the epoch. */
export interface ChartFrame {
  readonly fromMs: number;
  readonly toMs: number;
  readonly pointMs: number;
  readonly zone: string;
}

/** A chart on the page. */
export interface DrawnChart {
  /** Marks a point, or none. */
  mark(index: number | null): void;
  remove(): void;
}

const heightPx = 232;
const axisFont = "12px system-ui, sans-serif";

/**
 * Draws spent and saved as one bar a point: together they are what the requests would have cost as asked. Colours are those of
 * the page at this moment. `onMark` hears which point lies under the pointer.
 */
export function drawChart(
  host: HTMLElement,
  series: ChartSeries,
  frame: ChartFrame,
  onMark: (index: number | null) => void,
): DrawnChart {
  const chart = new uPlot(optionsOf(host, frame, onMark), series.columns, host);
  const watch = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: heightPx }));
  watch.observe(host);
  return {
    mark: (index) => {
      const startS = index === null ? undefined : series.columns[0][index];
      const left = startS === undefined ? -10 : chart.valToPos(startS + frame.pointMs / 2000, "x");
      chart.setCursor({ left, top: startS === undefined ? -10 : 4 }, false);
    },
    remove: () => {
      watch.disconnect();
      chart.destroy();
    },
  };
}

function optionsOf(host: HTMLElement, frame: ChartFrame, onMark: (index: number | null) => void): uPlot.Options {
  const colour = (name: string): string => colourOf(host, name);
  const face = clockfaceOf(frame.zone);
  const axis = { stroke: colour("--muted"), font: axisFont, ticks: { show: false } };
  const grid = { stroke: colour("--line"), width: 1 };
  // From its start to the right, since a point is a span of time and not a moment.
  const bars = uPlot.paths.bars?.({ size: [0.78, 48], align: 1, radius: 0.12 });
  const bar = (name: string): uPlot.Series => ({
    fill: colour(name),
    stroke: colour(name),
    width: 0,
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
  });
  return {
    width: host.clientWidth,
    height: heightPx,
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: false },
      drag: { setScale: false, x: false, y: false },
      // The point whose span holds the pointer, not the one whose start is nearest.
      dataIdx: (self, _series, _closest, xValue) => {
        const starts = self.data[0];
        let index = starts.length - 1;
        while (index > 0 && (starts[index] ?? 0) > xValue) index--;
        return index;
      },
    },
    scales: {
      x: { time: true, range: () => [frame.fromMs / 1000, frame.toMs / 1000] },
      y: {
        range: (_self, least, most) => (least === 0 && most === 0 ? [0, 1] : uPlot.rangeNum(least, most, 0.1, true)),
      },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 64,
        size: 34,
        values: (_self, ticks, _axis, _space, stepS) =>
          ticks.map((tick) => {
            const isDate = stepS >= 86_400 || face.clock(tick * 1000) === "00:00";
            return isDate ? face.date(tick * 1000) : face.clock(tick * 1000);
          }),
      },
      {
        ...axis,
        grid,
        size: 62,
        values: (_self, ticks, _axis, _space, step) => ticks.map((tick) => formatTick(tick, step)),
      },
    ],
    series: [{}, bar("--saved-mark"), bar("--spend-mark"), bar("--loss-mark")],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), frame.zone),
    hooks: {
      setCursor: [
        (self) => {
          const { left = -1, idx } = self.cursor;
          onMark(left < 0 || idx === null || idx === undefined ? null : idx);
        },
      ],
    },
  };
}

/** What a colour of the page is now: a canvas cannot read variables, and `light-dark()` is settled only where it is used. */
function colourOf(host: HTMLElement, name: string): string {
  const before = host.style.color;
  host.style.color = `var(${name})`;
  const colour = getComputedStyle(host).color;
  host.style.color = before;
  return colour;
}
