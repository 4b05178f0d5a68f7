import type { LatestRequest, Overview } from "../spec/admin-api.ts";
import type { AnswerStore } from "../spec/answer-store.ts";
import type { BodyStore } from "../spec/body-store.ts";
import type { BudgetAdmission } from "../spec/budget.ts";
import type { CacheControl } from "../spec/cache-control.ts";
import type { CancelSignal } from "../spec/cancel-signal.ts";
import type { Claims, Scope } from "../spec/caller.ts";
import type { Clock, Random } from "../spec/clock.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { Context } from "../spec/context.ts";
import type { Dialect } from "../spec/dialect.ts";
import type { LedgerStatus, LedgerStore, RequestRecord } from "../spec/ledger.ts";
import type { OutcomeStore } from "../spec/outcome.ts";
import type { PriceBook } from "../spec/prices.ts";
import type { Reply } from "../spec/reply.ts";
import type { DialectName, ModelRequest } from "../spec/request.ts";
import type { MetricsRegistry } from "../sinks/prometheus/registry.ts";
import type { LogLine } from "./alarms.ts";
import type { BudgetLine } from "./budgets/budget-lines.ts";
import type { Forgotten } from "./answers/forget-answers.ts";
import type { ForgetWish } from "./answers/forget-wish.ts";
import type { LargeBodies } from "./large-bodies/large-bodies.ts";
import type { Credentials, Identity } from "./access/credentials.ts";
import type { Explanation } from "./explain-reply.ts";

/** Parts that a caller of createEngine may bring; the others are the real ones. */
export interface EngineOptions {
  readonly ledger?: LedgerStore;
  /** Default: beside the ledger's rows; none where `ledger` is brought. */
  readonly outcomes?: OutcomeStore;
  /** True: look for alerts once a minute, as the gateway does. Needs a ledger with a file. Default false. */
  readonly alerts?: boolean;
  /** Admits spending. Default: balances in the data directory, where the config has budgets. */
  readonly budgets?: BudgetAdmission;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Where answers are kept. Default: as the config says. */
  readonly answers?: AnswerStore;
  /** Where bodies are kept. Default: in the data directory, where the config has a key for them. */
  readonly bodies?: BodyStore;
  readonly prices?: PriceBook;
  /** Called with every settled row, after the metrics. Must not throw. */
  readonly observers?: readonly ((record: RequestRecord) => void)[];
  /** False: settled requests are not counted, `/metrics` shows process values only. Default true. */
  readonly metrics?: boolean;
  /** Takes one line for each failure and alarm. Default: JSON on stderr. */
  readonly log?: LogLine;
  /** Given the notices of the first start as soon as they exist, so that a start that fails later cannot lose them. */
  readonly onFirstStart?: (notices: readonly string[]) => void;
}

/** One request as a surface hands it over: parsed, checked, its caller known. */
export interface EngineCall {
  readonly id: bigint;
  readonly requestId: string;
  readonly request: ModelRequest;
  readonly rawBody: Uint8Array;
  /** Query string with its `?`, or empty. */
  readonly query: string;
  /** Names and values in turn that may go upstream. */
  readonly headers: readonly string[];
  /** Who asks; the engine finds the endpoint that an own key belongs to. */
  readonly identity: Identity;
  readonly claims: Claims;
  /** Default: no wishes. */
  readonly cacheControl?: CacheControl;
  /** Members of the body that were for us and must not go upstream. Default: none. */
  readonly leaveOut?: readonly string[];
  /** Ids of the documents behind the prompt. Default: none. */
  readonly documents?: readonly string[];
  /** Skip every optimisation for this request. */
  readonly bypass: boolean;
  readonly clientRetries: number;
  readonly signal: CancelSignal;
  readonly arrivedAtMs: number;
  readonly arrivedAtUs: number;
}

/** A report over arrivals from `fromMs` up to but without `toMs`, grouped by the names of dimensions in `by`. */
export interface ReportQuestion {
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: readonly string[];
  /** Zone of days; absent: that of the config. */
  readonly zone?: string;
}

/** Health of an engine. */
export interface EngineStatus {
  readonly ledger: LedgerStatus;
  readonly configGeneration: number;
  readonly localKeys: number;
  /** `farthing off` is in force. */
  readonly off: boolean;
  /** Requests handed over and not settled yet. */
  readonly inFlight: number;
}

/** The whole of Farthing but its surfaces: what the gateway serves over HTTP and the library in process. */
export interface Engine {
  /** The config in force. */
  readonly config: FarthingConfig;
  readonly clock: Clock;
  readonly dialects: Readonly<Record<DialectName, Dialect>>;
  readonly credentials: Credentials;
  /** Callers may bring provider keys of their own. */
  readonly ownKeysAllowed: boolean;
  readonly metrics: MetricsRegistry;
  readonly adminToken: string;
  /** What a person should be told once, at the first start; holds the new local key where one was made. */
  readonly firstStartNotices: readonly string[];
  newId(): bigint;
  /** The context of a call: its route, first target, deadline and ports. @throws FarthingError `model_not_found`. */
  createContext(call: EngineCall): Context;
  /** Reads bodies that would hold up the event loop. */
  readonly largeBodies: LargeBodies;
  /** Whether a provider that such a caller reaches speaks the dialect itself. */
  speaks(dialect: DialectName, kind: Identity["kind"]): boolean;
  /** Size of a request's prompt in tokens, by the ratios learnt until now. */
  estimateTokens(request: ModelRequest): number;
  /** Sends a context through its route's pipeline. Throws FarthingError only, save for defects. */
  handle(context: Context): Promise<Reply>;
  /** What the decision headers say of a reply that has begun. */
  explain(context: Context, reply: Reply): Explanation;
  /** Where outcomes go; null when the ledger has no file. */
  readonly outcomes: OutcomeStore | null;
  /** Forgets stored answers of this owner. @throws FarthingError `cache_unavailable`. */
  forgetAnswers(owner: Scope, wish: ForgetWish): Promise<Forgotten>;
  /** A ledger record by any of its ids, as JSON; null when there is none. */
  findRequest(anyId: string): Promise<Readonly<Record<string, unknown>> | null>;
  /** Sums of a window for the first screen, read in a thread. @throws FarthingError `not_found`, `invalid_request`, `overloaded`. */
  overview(options: { readonly fromMs: number; readonly toMs: number; readonly zone: string }): Promise<Overview>;
  /** The newest requests, newest first: 1 to 1,000 of them. */
  latestRequests(limit: number): Promise<readonly LatestRequest[]>;
  /** The sums that `farthing report --json` prints but the ledger's size, amounts as decimal strings. Errors as `overview`. */
  report(options: ReportQuestion): Promise<Readonly<Record<string, unknown>>>;
  /** Puts another config in force. Requests under way end under the old one; stores and ledger stay. */
  reload(config: FarthingConfig): void;
  /** Every account of the budgets in its open window; none without budgets. Rejects when the balances cannot be read. */
  budgets(): Promise<readonly BudgetLine[]>;
  /** Raises the alarm `config-rejected`: a changed config was refused. `detail` is logged; it holds no secret. */
  configRejected(detail: string): void;
  status(): EngineStatus;
  /** Waits for requests to settle (at most `waitMs`), then closes connections and, last, the ledger. */
  close(waitMs?: number): Promise<void>;
}
