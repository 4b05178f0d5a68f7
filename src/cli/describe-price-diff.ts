import { picoToDecimal } from "../money/decimal.ts";
import type { FigureChange, ModelChange, PriceDiff } from "../money/book/diff-prices.ts";
import { kindOfFigure } from "../money/book/price-figures.ts";
import { formatCount } from "./format-figures.ts";
import { cleanCell, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Names shown of the models that come or go. */
const namesMax = 50;

/** Lines of what one price list changes of another. */
export function describePriceDiff({ changes, unchanged }: PriceDiff, terminal: Terminal): string[] {
  const moved = changes.filter(({ figures }) => figures.length > 0);
  const columns = ["model", "", "price of", "before", "after", "change"].map((heading, index) => ({
    heading,
    align: index > 2 ? ("right" as const) : ("left" as const),
  }));
  const rows = moved.flatMap((change) =>
    change.figures.map((figure, index) => cellsOf(change, figure, index, terminal)),
  );
  const counts = (["added", "removed", "dearer", "cheaper", "changed"] as const).map(
    (kind) => `${kind} ${formatCount(changes.filter((change) => change.kind === kind).length)}`,
  );
  return [
    ...(rows.length === 0 ? [] : [...renderTable(columns, rows), ""]),
    ...namesOf("added", changes),
    ...namesOf("removed", changes),
    `${counts.join(", ")}, unchanged ${formatCount(unchanged)}`,
  ];
}

function cellsOf(
  { vendor, model, kind }: ModelChange,
  { what, before, after }: FigureChange,
  index: number,
  terminal: Terminal,
): readonly string[] {
  const colour = kind === "dearer" ? "red" : kind === "cheaper" ? "green" : "yellow";
  const head = index === 0 ? [`${vendor}/${cleanCell(model)}`, terminal.paint("out", colour, kind)] : ["", ""];
  return [...head, cleanCell(what), figureText(what, before), figureText(what, after), changeText(before, after)];
}

function figureText(what: string, figure: bigint | null): string {
  if (figure === null) return "none";
  const kind = kindOfFigure(what);
  if (kind === "percent") return `${Number(figure) / 100} %`;
  return kind === "token" ? `$${picoToDecimal(figure * 1_000_000n)} / M` : `$${picoToDecimal(figure)}`;
}

/** `+12.5 %`. */
function changeText(before: bigint | null, after: bigint | null): string {
  if (before === null || after === null) return before === null ? "new" : "gone";
  if (before === 0n) return "";
  const percent = (Number(after) / Number(before) - 1) * 100;
  return `${percent > 0 ? "+" : ""}${percent.toFixed(1)} %`;
}

function namesOf(kind: "added" | "removed", changes: readonly ModelChange[]): string[] {
  const names = changes.filter((change) => change.kind === kind).map(({ vendor, model }) => `${vendor}/${model}`);
  if (names.length === 0) return [];
  const more = names.length > namesMax ? ` and ${names.length - namesMax} more` : "";
  return [
    `${kind}: ${names
      .slice(0, namesMax)
      .map((name) => cleanCell(name, 100))
      .join(", ")}${more}`,
  ];
}
