import type { FakeProviderHandle } from "../../src/testing/fake-provider/start-fake-provider.ts";
import type { InvoiceLine } from "./compare-invoices.ts";

/** A call on the provider's own log, with what its budget is judged by. */
export interface InvoicedCall extends InvoiceLine {
  /** As the call named it; null where it named none. */
  readonly model: string | null;
  /** Tokens of the prompt as the provider counted them, cached ones too. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The calls that the provider's own log says it would bill. */
export async function readInvoices(provider: FakeProviderHandle): Promise<readonly InvoicedCall[]> {
  const log = await provider.settledLog();
  return log
    .filter((line) => line.event === "ended")
    .map(({ requestId, invoicePicoUsd, model, tokens }) => ({
      requestId,
      picoUsd: invoicePicoUsd === null ? null : BigInt(invoicePicoUsd),
      model,
      inputTokens: tokens.input + tokens.cacheRead,
      outputTokens: tokens.output,
    }));
}
