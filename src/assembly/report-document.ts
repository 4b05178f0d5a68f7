import type { FarthingConfig } from "../spec/config.ts";
import type { Report } from "../spec/report.ts";

/** Zone of daily figures. */
export function zoneOf(config: FarthingConfig): string {
  return config.zone ?? "UTC";
}

/** A report as JSON shows it: every amount a decimal string of pico-dollars (1e-12 USD). */
export function reportDocument(report: Report): Readonly<Record<string, unknown>> {
  const text = JSON.stringify(report, (_name, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  return { schema: "farthing.report.v1", currency: "USD", ...(JSON.parse(text) as Readonly<Record<string, unknown>>) };
}
