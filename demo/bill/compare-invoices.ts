import type { LedgerLine } from "./ledger-line.ts";

/** A call as the provider's own log has it. */
export interface InvoiceLine {
  readonly requestId: string;
  /** What it invoices; null where it has no price. */
  readonly picoUsd: bigint | null;
}

/** The ledger held against the provider's invoice. */
export interface InvoiceComparison {
  readonly calls: number;
  readonly invoicedPicoUsd: bigint;
  readonly ledgerPicoUsd: bigint;
  /** Calls that the provider invoices and the ledger does not know. */
  readonly missing: number;
  /** Calls in the ledger that the provider does not know. */
  readonly unknown: number;
  /** Requests whose calls are known to both and cost different amounts. */
  readonly different: number;
}

/** Matches call by call, by the id that the provider gave each; amounts are compared request by request. */
export function compareInvoices(lines: readonly LedgerLine[], invoices: readonly InvoiceLine[]): InvoiceComparison {
  const invoiced = new Map(invoices.map((invoice) => [invoice.requestId, invoice.picoUsd]));
  const known = new Set<string>();
  let unknown = 0;
  let different = 0;
  let ledgerPicoUsd = 0n;
  for (const line of lines) {
    ledgerPicoUsd += line.callsPicoUsd ?? 0n;
    let sum: bigint | null = 0n;
    let isKnown = true;
    for (const id of line.providerRequestIds) {
      known.add(id);
      const amount: bigint | null | undefined = invoiced.get(id);
      if (amount === undefined) {
        unknown += 1;
        isKnown = false;
      } else sum = amount === null || sum === null ? null : sum + amount;
    }
    if (isKnown && sum !== line.callsPicoUsd) different += 1;
  }
  return {
    calls: invoices.length,
    invoicedPicoUsd: invoices.reduce((sum, invoice) => sum + (invoice.picoUsd ?? 0n), 0n),
    ledgerPicoUsd,
    missing: invoices.filter((invoice) => !known.has(invoice.requestId)).length,
    unknown,
    different,
  };
}
