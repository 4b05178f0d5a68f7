import type { DialectName } from "../spec/request.ts";
import type { VendorRow } from "../spec/vendor.ts";
import anthropic from "./vendors/anthropic.json" with { type: "json" };
import openai from "./vendors/openai.json" with { type: "json" };

/** A row as JSON gives it: texts where the type wants one of a few words. */
type JsonRow = Omit<VendorRow, "dialects" | "status"> & {
  readonly dialects: readonly string[];
  readonly status: string;
};

const dialectNames: ReadonlySet<string> = new Set<DialectName>(["openai-chat", "anthropic-messages"]);

function isDialectName(name: string): name is DialectName {
  return dialectNames.has(name);
}

function rowOf(row: JsonRow): VendorRow {
  const dialects = row.dialects.filter(isDialectName);
  if (dialects.length !== row.dialects.length) throw new Error(`vendors/${row.id}.json names an unknown dialect`);
  return { ...row, dialects, status: row.status === "tested" ? "tested" : "documented" };
}

/** Every vendor known before any config, one for each file of `vendors/`. */
export const vendorRows: readonly VendorRow[] = [rowOf(openai), rowOf(anthropic)];

/** Ids of {@link vendorRows}. */
export const vendorIds: readonly string[] = vendorRows.map((row) => row.id);

/** The row of a vendor; null for an id that no file has. */
export function vendorById(id: string): VendorRow | null {
  return vendorRows.find((row) => row.id === id) ?? null;
}
