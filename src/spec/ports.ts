import type { AnswerStore } from "./answer-store.ts";
import type { BodyStore } from "./body-store.ts";
import type { BudgetAdmission } from "./budget.ts";
import type { Scope } from "./caller.ts";
import type { Clock, Random } from "./clock.ts";
import type { Dialect } from "./dialect.ts";
import type { LedgerStore, RequestRecord } from "./ledger.ts";
import type { AlarmCode } from "./metrics.ts";
import type { PicoUsd } from "./money.ts";
import type { PriceBook } from "./prices.ts";
import type { DialectName } from "./request.ts";
import type { Translator } from "./translation.ts";
import type { Transport } from "./transport.ts";
import type { UsageEstimator } from "./estimator.ts";

/** Keyed digest of a text, hex or base64url, at least 128 bits. The secret is the owner's own: two owners never share a digest. */
export type Digest = (owner: Scope, text: string) => string;

/** Everything outside that a stage may use. Built once by assembly; the simulator and tests bring their own. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly answers: AnswerStore;
  /** Where full requests and replies are kept; null where no route keeps any. */
  readonly bodies: BodyStore | null;
  /** What an hour of one processor costs; lookups are charged with their share. */
  readonly cpuHourPicoUsd: PicoUsd;
  readonly ledger: LedgerStore;
  /** `strict`: a call that cost money is synced before its last byte leaves. `relaxed`: handed over only. */
  readonly durability: "strict" | "relaxed";
  readonly prices: PriceBook;
  /** Admits spending against the budgets; null when there are none. */
  readonly budgets: BudgetAdmission | null;
  readonly estimator: UsageEstimator;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  readonly translator: Translator;
  readonly digest: Digest;
  readonly configGeneration: number;
  /** Called with every settled row; empty when nobody listens. Must not throw. */
  readonly observers: readonly ((record: RequestRecord) => void)[];
  /** Something an operator must know: counted, logged once a minute per code. `detail` holds no secret and no body. */
  readonly alarm: (code: AlarmCode, detail: string) => void;
}
