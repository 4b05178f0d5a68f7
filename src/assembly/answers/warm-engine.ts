import { createUsageEstimator } from "../../money/costs/usage-estimator.ts";
import { compose } from "../../pipeline/compose.ts";
import { createCallProvider } from "../../pipeline/stages/call-provider.ts";
import { createExactCache } from "../../pipeline/stages/exact-cache.ts";
import { createMeter } from "../../pipeline/stages/meter.ts";
import { allDialects } from "../../providers/dialects/all-dialects.ts";
import { saysOf } from "../../providers/translation/carried-fields.ts";
import { createTranslator } from "../../providers/translation/translator.ts";
import type { AnswerStore } from "../../spec/answer-store.ts";
import type { Clock } from "../../spec/clock.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { Dialect } from "../../spec/dialect.ts";
import type { LedgerStore } from "../../spec/ledger.ts";
import type { DialectName } from "../../spec/request.ts";
import type { Route } from "../../spec/route.ts";
import type { Handler } from "../../spec/stage.ts";
import type { KeyedDigests } from "../access/keyed-digests.ts";
import { contextOf } from "../context-of.ts";
import type { EngineCall } from "../engine.ts";
import { createConfigBuilder } from "../live-config.ts";
import { createPriceBooks } from "../prices/price-books.ts";
import { givenAnswer } from "./given-answer.ts";

/** The dialects that recorded exchanges may be in. */
export const warmDialects: Readonly<Record<DialectName, Dialect>> = allDialects;

/** What became of one recorded answer. */
export type WarmResult = "stored" | "known" | { readonly refused: string };

/** Stores recorded answers as if they were bought now; never calls a provider, writes no ledger. */
export interface WarmEngine {
  /** @param boughtAtMs when it was bought: its life counts from then. @throws FarthingError as the listener would refuse the call. */
  warm(call: EngineCall, answer: Uint8Array, boughtAtMs: number): Promise<WarmResult>;
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
    warm: async (call, answer, boughtAtMs) => {
      const context = contextOf(call, live, false);
      const why = whyNot(context.route, context.targets[0].endpoint.dialects.includes(call.request.dialect));
      if (why !== null) return { refused: why };
      const counted = new CountedAnswers(answers, clock);
      const ports = {
        ...context.ports,
        answers: counted.store,
        clock: { ...clock, nowMs: () => boughtAtMs, monotonicUs: () => clock.monotonicUs(), after: clock.after },
        transport: givenAnswer(200, answer),
      };
      const way = ways.get(context.route) ?? wayOf(context.route, ways);
      // A whole answer serves streams too; it is whole that was recorded.
      const request = { ...context.request, stream: false };
      await way({ ...context, request, ports, route: judgedBySelf(context.route) });
      await counted.settled;
      const entry = context.journal.entries.find(({ stage }) => stage === "exact-cache");
      if (entry?.decision === "serve") return "known";
      if (counted.count > 0) return "stored";
      if (counted.ended > 0) return { refused: "its life is over" };
      return { refused: entry?.note ?? "not an answer that may be stored" };
    },
    close: () => builder.close(),
  };
}

/** Null: rows of this route may be stored. */
function whyNot(route: Route, speaks: boolean): string | null {
  if (route.compliance) return `route ${route.name} is a compliance route`;
  if (!route.exactCache.enabled) return `the cache of route ${route.name} is off`;
  return speaks ? null : "its provider speaks another dialect, so its answer cannot be taken as it is";
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
  settled: Promise<void> = Promise.resolve();
  readonly store: AnswerStore;

  constructor(answers: AnswerStore, clock: Clock) {
    this.store = {
      get: (scope, key, nowMs) => answers.get(scope, key, nowMs),
      getMany: (scope, keys, nowMs) => answers.getMany(scope, keys, nowMs),
      ticketOf: (owner, nowMs) => answers.ticketOf(owner, nowMs),
      set: (...stored) => {
        if (stored[2].endsAtMs <= clock.nowMs()) return void this.ended++;
        this.count++;
        const pending = answers.set(...stored);
        if (pending instanceof Promise) this.settled = pending;
        return pending;
      },
      invalidate: (owner, tag, nowMs) => answers.invalidate(owner, tag, nowMs),
      purge: (selector, nowMs) => answers.purge(selector, nowMs),
      stats: (nowMs) => answers.stats(nowMs),
      scan: (selector, nowMs) => answers.scan(selector, nowMs),
      close: () => Promise.resolve(),
    };
  }
}

const noLedger: LedgerStore = {
  append: () => Promise.resolve("accepted"),
  find: () => Promise.resolve(null),
  status: () => ({ rowsQueued: 0, rowsWritten: 0, rowsSpooled: 0, rowsDropped: 0, lastError: null }),
  close: () => Promise.resolve(),
};
