import type { AnswerStore } from "../../spec/answer-store.ts";
import type { Clock } from "../../spec/clock.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import { HeldAnswers } from "./held-answers.ts";
import { openAnswerStore, usualCache } from "./open-answer-store.ts";

/** An engine's answers, and what opens them. */
export interface EngineAnswers {
  readonly store: AnswerStore;
  /** Opens the store where a route of the config needs it. Never rejects: a store that cannot be had is an alarm. */
  open(config: FarthingConfig): Promise<void>;
  /** Closes what this opened; a store that was brought is its bringer's. */
  close(): Promise<void>;
}

/** The store that was brought, or the one that `config` names. */
export function createEngineAnswers(
  config: FarthingConfig,
  brought: AnswerStore | undefined,
  clock: Clock,
  alarm: (code: AlarmCode, detail: string) => void,
): EngineAnswers {
  if (brought !== undefined) return { store: brought, open: () => Promise.resolve(), close: () => Promise.resolve() };
  const { cache = usualCache, dataDirectory: directory } = config;
  const held = new HeldAnswers(() => openAnswerStore({ settings: cache, directory, clock, alarm }));
  return {
    store: held,
    open: async (wanted) => {
      if (!wanted.routes.some((route) => route.exactCache.enabled && !route.compliance)) return;
      try {
        await held.ready();
      } catch (error) {
        alarm("cache-unreachable", error instanceof Error ? error.message : String(error));
      }
    },
    close: () => held.close(),
  };
}
