import { picoToDecimal } from "../money/decimal.ts";
import { answeringModelOf, cacheResultOf, decisionText } from "../pipeline/explain.ts";
import type { Context } from "../spec/context.ts";
import type { CacheResult } from "../spec/ledger.ts";
import type { PicoUsd } from "../spec/money.ts";
import type { Reply, Settlement } from "../spec/reply.ts";

/** What the decision headers say of a reply that has begun. */
export interface Explanation {
  readonly cache: CacheResult;
  /** The model that answers: as the reply says, else as it was asked. */
  readonly model: string;
  /** The journal on one line. */
  readonly decision: string;
}

/** What is known of a reply at its start; for a whole one that is all there is to know. */
export function explainReply(context: Context, reply: Reply): Explanation {
  const { entries } = context.journal;
  const served = reply.kind === "whole" ? reply.end.call?.servedModel : null;
  return {
    cache: cacheResultOf(entries, context.bypass),
    model: served ?? answeringModelOf(entries) ?? context.request.model,
    decision: decisionText(context.journal),
  };
}

/** Money of one settled request as exact decimals of USD; `unpriced` where no price is known. */
export interface SettlementTexts {
  readonly cost: string;
  readonly saved: string;
}

/** The texts of the headers `x-farthing-cost` and `x-farthing-saved`. */
export function settlementTexts(settlement: Settlement): SettlementTexts {
  return {
    cost: amountText(settlement.cost.picoUsd),
    saved: amountText(settlement.savedPicoUsd),
  };
}

function amountText(picoUsd: PicoUsd | null): string {
  if (picoUsd === null) return "unpriced";
  return picoUsd === 0n ? "0" : picoToDecimal(picoUsd);
}
