import { pricesOf, readTableText, shortWrite, type TableRow } from "./table-row.ts";

/** Prices gathered by hand in November 2026: day of their change where the row is about one, else the day of the check. */
export function observedRows(): readonly TableRow[] {
  const lines = readTableText("observed_2026-11.csv").trim().split("\n").slice(1);
  return lines.map((line) => {
    const [vendor = "", name = "", input, read, short, long, output, condition = ""] = line.split(",");
    const longWrite = vendor === "anthropic" ? "cacheWrite1h" : "cacheWriteLonger";
    return {
      table: "observed",
      vendor,
      model: vendor === "anthropic" ? name.replace(".", "-") : name,
      at: instantOf(condition),
      aboveInputTokens: thresholdOf(condition),
      usd: pricesOf({
        input: numberOf(input),
        output: numberOf(output),
        cacheRead: numberOf(read),
        ...shortWrite(vendor, numberOf(short)),
        [longWrite]: numberOf(long),
      }),
    };
  });
}

/** A Friday for a price by the hour: within the peak hours, and outside of them. */
function instantOf(condition: string): string {
  if (condition.startsWith("peak")) return "2026-11-20T02:00:00Z";
  if (condition === "off-peak") return "2026-11-20T12:00:00Z";
  return `${/^from (\d{4}-\d\d-\d\d)$/.exec(condition)?.[1] ?? "2026-11-21"}T12:00:00Z`;
}

/** `>200k tokens` is dearer above 200,000, `>=200k tokens` from 200,000 on. */
function thresholdOf(condition: string): number {
  const [, from, thousands] = />(=?)(\d+)k tokens/.exec(condition) ?? [];
  return thousands === undefined ? 0 : Number(thousands) * 1000 - (from === "=" ? 1 : 0);
}

function numberOf(text: string | undefined): number | undefined {
  return text ? Number(text) : undefined;
}
