import { createUsageEstimator } from "../../money/costs/usage-estimator.ts";
import { compose } from "../../pipeline/compose.ts";
import { createCallProvider } from "../../pipeline/stages/call-provider.ts";
import { createExactCache } from "../../pipeline/stages/exact-cache.ts";
import { createMeter } from "../../pipeline/stages/meter.ts";
import { allDialects } from "../../providers/dialects/all-dialects.ts";
import { saysOf } from "../../providers/translation/carried-fields.ts";
import { createTranslator } from "../../providers/translation/translator.ts";
import type { AnswerStore, AnswerTicket } from "../../spec/answer-store.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { Clock } from "../../spec/clock.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { Dialect } from "../../spec/dialect.ts";
import type { LedgerStore } from "../../spec/ledger.ts";
import type { DialectName } from "../../spec/request.ts";
import type { Reply } from "../../spec/reply.ts";
import type { Route } from "../../spec/route.ts";
import type { Handler } from "../../spec/stage.ts";
import type { Target } from "../../spec/target.ts";
import type { KeyedDigests } from "../access/keyed-digests.ts";
import { contextOf } from "../context-of.ts";
import type { EngineCall } from "../engine.ts";
import { createConfigBuilder } from "../live-config.ts";
import { createPriceBooks } from "../prices/price-books.ts";
import { type AnswerForm, givenAnswer } from "./given-answer.ts";

/** The dialects that recorded exchanges may be in. */
export const warmDialects: Readonly<Record<DialectName, Dialect>> = allDialects;

/** What became of one recorded answer. */
export type WarmResult = "stored" | "known" | { readonly refused: string };

/** How many came to what. */
export interface WarmTally {
  readonly stored: number;
  /** Those whose answer was there already. */
  readonly known: number;
  readonly refused: number;
}

/** The tally with these results in it. */
export function tallyWith<Tally extends WarmTally>(tally: Tally, results: readonly WarmResult[]): Tally {
  const count = (wanted: "stored" | "known"): number => results.filter((result) => result === wanted).length;
  const [stored, known] = [count("stored"), count("known")];
  const refused = results.length - stored - known;
  return { ...tally, stored: tally.stored + stored, known: tally.known + known, refused: tally.refused + refused };
}

/** An answer that was recorded. */
export interface RecordedAnswer {
  readonly bytes: Uint8Array;
  readonly form: AnswerForm;
  /** When it was bought: its life counts from then. */
  readonly boughtAtMs: number;
  /** Who gave it, where that is known: it is stored only while the route asks the same one. */
  readonly boughtFrom: { readonly endpointId: string; readonly model: string } | null;
  /** Where the owner's invalidations stood when it was asked for: what was called back since is not stored. Null: now. */
  readonly ticket: AnswerTicket | null;
}

/** Stores recorded answers as if they were bought now; never calls a provider, writes no ledger. */
export interface WarmEngine {
  /** @throws FarthingError as the listener would refuse the call. */
  warm(call: EngineCall, answer: RecordedAnswer): Promise<WarmResult>;
  close(): Promise<void>;
}

/** What a warm engine is made of. */
export interface WarmParts {
  readonly config: FarthingConfig;
  readonly keysFile: string;
  readonly digests: KeyedDigests;
  readonly answers: AnswerStore;
  readonly clock: Clock;
}

/** Rows go the way of live requests: the route's own cache stage reckons their keys and decides what may be stored. */
export function createWarmEngine({ config, keysFile, digests, answers, clock }: WarmParts): WarmEngine {
  const builder = createConfigBuilder(
    keysFile,
    digests,
    { priceBookOf: createPriceBooks(), admissionOf: () => null },
    {
      clock,
      random: () => 0,
      answers,
      bodies: null,
      refresh: null,
      ledger: noLedger,
      estimator: createUsageEstimator(),
      dialects: allDialects,
      translator: createTranslator(allDialects, saysOf),
      digest: digests.digest,
      observers: [],
      alarm: () => undefined,
    },
  );
  const live = builder.build(config);
  const ways = new Map<Route, Handler>();
  return {
    warm: async (call, { bytes, form, boughtAtMs, boughtFrom, ticket }) => {
      const context = contextOf(call, live, false);
      const why = whyNot(context.route, context.targets[0], call.request.dialect, boughtFrom);
      if (why !== null) return { refused: why };
      const counted = new CountedAnswers(answers, clock, ticket);
      const ports = {
        ...context.ports,
        answers: counted.store,
        clock: { ...clock, nowMs: () => boughtAtMs, monotonicUs: () => clock.monotonicUs(), after: clock.after },
        transport: givenAnswer(200, bytes, form),
      };
      const way = ways.get(context.route) ?? wayOf(context.route, ways);
      // Stored in either form it serves both.
      const request = { ...context.request, stream: form === "stream" };
      await endOf(await way({ ...context, request, ports, route: judgedBySelf(context.route) }));
      await counted.settle();
      const entry = context.journal.entries.find(({ stage }) => stage === "exact-cache");
      if (entry?.decision === "serve") return "known";
      if (counted.isDead) return { refused: "it was called back since, or the store began anew" };
      if (counted.count > 0) return "stored";
      if (counted.ended > 0) return { refused: "its life is over" };
      return { refused: entry?.note ?? "not an answer that may be stored" };
    },
    close: () => builder.close(),
  };
}

/** Resolves when a reply has all its bytes; nobody wants them. */
function endOf(reply: Reply): Promise<void> {
  if (reply.kind === "whole") return Promise.resolve();
  return new Promise((resolve) => void reply.open({ chunk: () => true, end: () => resolve() }));
}

/** Null: rows of this route may be stored. */
function whyNot(
  route: Route,
  { endpoint, model }: Target,
  dialect: DialectName,
  boughtFrom: RecordedAnswer["boughtFrom"],
): string | null {
  if (route.compliance) return `route ${route.name} is a compliance route`;
  if (!route.exactCache.enabled) return `the cache of route ${route.name} is off`;
  if (!endpoint.dialects.includes(dialect))
    return "its provider speaks another dialect, so its answer cannot be taken as it is";
  if (boughtFrom === null || (boughtFrom.endpointId === endpoint.id && boughtFrom.model === model)) return null;
  return `it was bought from ${boughtFrom.endpointId}/${boughtFrom.model}, which its route does not ask first now`;
}

function wayOf(route: Route, ways: Map<Route, Handler>): Handler {
  const way = compose([createExactCache(), createMeter(), createCallProvider()]);
  ways.set(route, way);
  return way;
}

/** Rows that fill a store find nothing in it; that says nothing about the traffic to come. */
function judgedBySelf(route: Route): Route {
  return { ...route, exactCache: { ...route.exactCache, usefulShareMin: 0 } };
}

/** Counts what is stored through it; what nobody would be given any more is not. */
class CountedAnswers {
  count = 0;
  ended = 0;
  /** What was stored is not there: an invalidation came between its ticket and now. */
  isDead = false;
  readonly store: AnswerStore;
  readonly #judge: () => Promise<void>;
  #settled: Promise<void> = Promise.resolve();
  #kept: readonly [CacheScope, string] | null = null;

  /** @param ticket what it is stored with; null: the store's own of now. */
  constructor(answers: AnswerStore, clock: Clock, ticket: AnswerTicket | null) {
    this.#judge = async () => {
      if (ticket === null || this.#kept === null) return;
      this.isDead = (await answers.get(...this.#kept, clock.nowMs())).answer === null;
    };
    this.store = {
      get: async (scope, key, nowMs) => {
        const found = await answers.get(scope, key, nowMs);
        return ticket === null ? found : { ...found, ticket };
      },
      getMany: (scope, keys, nowMs) => answers.getMany(scope, keys, nowMs),
      ticketOf: (owner, nowMs) => answers.ticketOf(owner, nowMs),
      set: (...stored) => {
        if (stored[2].endsAtMs <= clock.nowMs()) return void this.ended++;
        this.count++;
        this.#kept = [stored[0], stored[1]];
        const pending = answers.set(...stored);
        if (pending instanceof Promise) this.#settled = pending;
        return pending;
      },
      invalidate: (owner, tag, nowMs) => answers.invalidate(owner, tag, nowMs),
      purge: (selector, nowMs) => answers.purge(selector, nowMs),
      stats: (nowMs) => answers.stats(nowMs),
      scan: (selector, nowMs) => answers.scan(selector, nowMs),
      close: () => Promise.resolve(),
    };
  }

  /** Resolves when what was stored is there, or known not to be. */
  async settle(): Promise<void> {
    await this.#settled;
    await this.#judge();
  }
}

const noLedger: LedgerStore = {
  append: () => Promise.resolve("accepted"),
  find: () => Promise.resolve(null),
  status: () => ({ rowsQueued: 0, rowsWritten: 0, rowsSpooled: 0, rowsDropped: 0, lastError: null }),
  close: () => Promise.resolve(),
};
