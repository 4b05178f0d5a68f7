import { claimNames } from "../../spec/caller.ts";
import { reportDimensions, type ReportDimension } from "../../spec/report.ts";
import { FarthingError } from "../../kit/farthing-error.ts";

/** Text for what was not given, in every grouping. */
export const noValue = "(none)";

/** Milliseconds of arrival, from the id: 22 low bits are no time, and the count starts in 2025 (kit/request-id.ts). */
const arrivedS = "((r.id >> 22) + 1735689600000) / 1000";

// An answer that was not bought has no model; a hit would otherwise look like a call.
const fromLastCall = (column: string, laterColumn: string): string => `CASE
  WHEN r.attempt_count = 0 THEN CASE WHEN r.origin IS NULL THEN '${noValue}' ELSE '(' || r.origin || ')' END
  WHEN r.attempt_count = 1 THEN ${column}
  ELSE (SELECT ${laterColumn} FROM later_attempts AS l
        WHERE l.request_id = r.id AND l.attempt_index = r.attempt_count - 1) END`;

const claimColumns = Object.fromEntries(claimNames.map((name) => [name, `coalesce(r."${name}", '${noValue}')`]));

const expressions: Readonly<Record<string, string>> = {
  ...claimColumns,
  tags: `coalesce(t.value, '${noValue}')`,
  model: fromLastCall("coalesce(r.first_served_model, r.first_model)", "coalesce(l.served_model, l.model)"),
  "requested-model": "r.requested_model",
  provider: fromLastCall("r.first_endpoint", "l.endpoint"),
  key: "r.key_id",
  route: "r.route",
  day: `strftime('%Y-%m-%d', ${arrivedS}, 'unixepoch')`,
  status: "CAST(r.status AS TEXT)",
};

/** The SQL expression of a dimension over `requests AS r` (and the tags `t`). */
export function dimensionSql(dimension: ReportDimension): string {
  return expressions[dimension] as string;
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
