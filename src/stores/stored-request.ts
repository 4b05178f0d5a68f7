import type { RequestRecord, StoredRequest } from "../spec/ledger.ts";

/** What became known about a request after its row was written. */
export interface StoredCorrection {
  readonly kind: string;
  readonly atMs: number;
  readonly detail: string | null;
}

/** A record as JSON: the fields of RequestRecord, every bigint as its decimal string, and the corrections beside it. */
export function storedRequestOf(record: RequestRecord, corrections: readonly StoredCorrection[]): StoredRequest {
  const text = JSON.stringify({ ...record, corrections }, (_name, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  return JSON.parse(text) as StoredRequest;
}
