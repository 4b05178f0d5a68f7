import type { Context } from "./context.ts";
import type { StageName } from "./decision.ts";
import type { Reply } from "./reply.ts";

/** Answers a request. Throws FarthingError only. */
export type Handler = (context: Context) => Promise<Reply>;

/**
 * One step of the request's way. It may call `next` any number of times. `optimisation` stages step aside when they
 * fail and are left out when a caller bypasses; `duty` stages (ledger, meter, the call itself) are always there.
 */
export interface Stage {
  readonly name: StageName;
  readonly kind: "optimisation" | "duty";
  wrap(next: Handler): Handler;
}
