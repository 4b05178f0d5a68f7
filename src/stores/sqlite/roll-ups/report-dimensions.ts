import { claimNames } from "../../../spec/caller.ts";
import { reportDimensions, type ReportDimension } from "../../../spec/report.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { levelDimensions, type RollUpLevel } from "./schema-roll-ups.ts";

/** Text for what was not given, in every grouping. */
export const noValue = "(none)";

/** Length of the shorter spans of the roll-ups. */
export const quarterMs = 900_000;

/** Start of the quarter of an hour a row arrived in, from its id: 22 low bits are no time, the count starts in 2025 (kit/request-id.ts). */
const quarterOfRow = `(((r.id >> 22) + 1735689600000) / ${quarterMs} * ${quarterMs})`;

/** SQL function of a reading connection: the first moment of the span that a moment lies in. */
export const spanFunction = "farthing_span_start";

// An answer that was not bought has no model; a hit would otherwise look like a call.
const fromLastCall = (column: string, laterColumn: string): string => `CASE
  WHEN r.attempt_count = 0 THEN CASE WHEN r.origin IS NULL THEN '${noValue}' ELSE '(' || r.origin || ')' END
  WHEN r.attempt_count = 1 THEN ${column}
  ELSE coalesce((SELECT ${laterColumn} FROM later_attempts AS l
        WHERE l.request_id = r.id AND l.attempt_index = r.attempt_count - 1), '${noValue}') END`;

const claimColumns = Object.fromEntries(claimNames.map((name) => [name, `coalesce(r."${name}", '${noValue}')`]));

const expressions: Readonly<Record<string, string>> = {
  ...claimColumns,
  tags: `coalesce(t.value, '${noValue}')`,
  model: fromLastCall("coalesce(r.first_served_model, r.first_model)", "coalesce(l.served_model, l.model)"),
  "requested-model": "r.requested_model",
  provider: fromLastCall("r.first_endpoint", "l.endpoint"),
  key: "r.key_id",
  route: "r.route",
  day: `${spanFunction}(${quarterOfRow})`,
  status: "CAST(r.status AS TEXT)",
};

/** The SQL expression of a dimension over `requests AS r` (and the tags `t`). A `day` is its first moment, an integer. */
export function dimensionSql(dimension: ReportDimension): string {
  return expressions[dimension] as string;
}

/** The SQL expression of a dimension over the roll-ups of a level; null where that level does not know it. */
export function rolledDimensionSql(dimension: ReportDimension, level: RollUpLevel): string | null {
  if (dimension === "day") return `${spanFunction}(start_ms)`;
  const column = dimension === "key" ? "key_id" : dimension;
  if (!levelDimensions[level].includes(column)) return null;
  return column === "status" ? "CAST(status AS TEXT)" : `"${column}"`;
}

/**
 * Checks names of dimensions, drops repeats.
 * @throws FarthingError `invalid_request` that lists the right ones.
 */
export function readDimensions(names: readonly string[]): readonly ReportDimension[] {
  const known: readonly string[] = [...claimNames, ...reportDimensions];
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new FarthingError(
      "invalid_request",
      `A report cannot be grouped by "${name}". Choose from ${known.join(", ")}.`,
      {
        field: "by",
      },
    );
  }
  return [...new Set(names)] as readonly string[] as readonly ReportDimension[];
}
