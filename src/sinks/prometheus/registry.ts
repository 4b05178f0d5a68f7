import type { Attempt } from "../../spec/attempt.ts";
import type { ErrorCode } from "../../spec/errors.ts";
import type { LedgerStatus, RequestRecord } from "../../spec/ledger.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import type { Cost } from "../../spec/money.ts";
import type { TokenClass } from "../../spec/usage.ts";
import { createLabelValues } from "./label-values.ts";
import { createCounters, createHistograms, renderValue } from "./series.ts";

/** What is read at the moment of a scrape. */
export interface ScrapedValues {
  readonly ledger: LedgerStatus;
  readonly configGeneration: number;
  readonly inFlight: number;
  /** Budgets in USD; none where there are none, or their balances cannot be read now. */
  readonly budgets?: readonly ScrapedBudget[];
}

/** A budget as a scrape shows it, pico-dollars. */
export interface ScrapedBudget {
  readonly name: string;
  readonly limit: bigint;
  readonly used: bigint;
}

/** Every metric of spec/metrics.ts. */
export interface MetricsRegistry {
  /** Counts a settled request; under a microsecond, never throws. */
  observe(record: RequestRecord): void;
  /** Counts a call refused before the pipeline. */
  rejected(code: ErrorCode): void;
  alarmed(code: AlarmCode): void;
  /** Prometheus text format 0.0.4. */
  render(values: ScrapedValues): string;
}

/** The default cap of values for one label. */
export const labelValuesMax = 200;

/** A registry in memory. Counters begin at zero with the process; the ledger is what remembers. */
export function createMetricsRegistry(valuesMax: number = labelValuesMax): MetricsRegistry {
  const requests = createCounters("farthing_requests_total");
  const rejected = createCounters("farthing_rejected_total");
  const tokens = createCounters("farthing_tokens_total");
  const billed = createCounters("farthing_cost_usd_total");
  const savings = createCounters("farthing_savings_usd_total");
  const losses = createCounters("farthing_savings_loss_usd_total");
  const attempts = createCounters("farthing_attempts_total");
  const unpriced = createCounters("farthing_unpriced_requests_total");
  const lookups = createCounters("farthing_cache_lookups_total");
  const alarms = createCounters("farthing_alarms_total");
  const duration = createHistograms("farthing_request_duration_seconds");
  const firstToken = createHistograms("farthing_time_to_first_token_seconds");
  const models = createLabelValues(valuesMax);
  const providers = createLabelValues(valuesMax);
  const techniques = createLabelValues(valuesMax);

  // A name without a price may be anything that a caller typed; only names of the price book get series.
  const modelLabel = (model: string, cost: Cost): string =>
    cost.state === "priced" || cost.state === "estimated" ? models.admit(model) : models.known(model);

  const countAttempt = (attempt: Attempt): void => {
    const provider = providers.admit(attempt.endpointId);
    attempts.add(1, provider, attempt.outcome);
    const model = modelLabel(attempt.model, attempt.cost);
    for (const name in attempt.usage.tokens) {
      tokens.add(attempt.usage.tokens[name as TokenClass] ?? 0, provider, model, name);
    }
    if (attempt.cost.picoUsd !== null) billed.addPicoUsd(attempt.cost.picoUsd, provider, model);
  };

  return {
    observe: (record) => {
      for (const attempt of record.attempts) countAttempt(attempt);
      const last = record.attempts.at(-1);
      const provider = last === undefined ? "none" : providers.admit(last.endpointId);
      const statusClass = `${Math.trunc(record.status / 100)}xx`;
      const model = modelLabel(record.requestedModel, record.baseline);
      requests.add(1, record.dialect, provider, model, statusClass, record.cache);
      if (record.cost.state === "unpriced") unpriced.add(1, provider);
      if (record.cache === "coalesced") lookups.add(1, "coalesce", "hit");
      else if (record.cache !== "off" && record.cache !== "bypass") lookups.add(1, tierOf(record), record.cache);
      for (const saving of record.savings) {
        const technique = techniques.admit(saving.technique);
        if (saving.picoUsd >= 0n) savings.addPicoUsd(saving.picoUsd, technique);
        else losses.addPicoUsd(-saving.picoUsd, technique);
      }
      duration.observe(record.durationUs / 1e6, record.dialect);
      if (record.timeToFirstByteUs !== null) firstToken.observe(record.timeToFirstByteUs / 1e6, record.dialect);
    },
    rejected: (code) => rejected.add(1, code),
    alarmed: (code) => alarms.add(1, code),
    render: ({ ledger, configGeneration, inFlight, budgets = [] }) =>
      [requests, rejected, tokens, billed, savings, losses, attempts, unpriced, lookups, duration, firstToken, alarms]
        .map((family) => family.render())
        .join("") +
      renderValue(
        "farthing_metric_label_overflows_total",
        models.overflows + providers.overflows + techniques.overflows,
      ) +
      renderValue("farthing_ledger_queue_rows", ledger.rowsQueued) +
      renderValue("farthing_ledger_written_total", ledger.rowsWritten) +
      renderValue("farthing_ledger_spooled_total", ledger.rowsSpooled) +
      renderValue("farthing_ledger_dropped_total", ledger.rowsDropped) +
      renderBudgets(budgets, valuesMax) +
      renderValue("farthing_config_generation", configGeneration) +
      renderValue("farthing_in_flight_requests", inFlight),
  };
}

/** Which kind of key found the answer, or would have: of an embedding's inputs, of a folded text, of the request as it is. */
function tierOf({ dialect, origin }: RequestRecord): string {
  if (dialect === "openai-embeddings") return "embedding";
  return origin === "normalised" ? "normalised" : "exact";
}

/** Read anew at each scrape; of a budget with several accounts the fullest stands for all. */
function renderBudgets(budgets: readonly ScrapedBudget[], valuesMax: number): string {
  const limits = createCounters("farthing_budget_limit_usd");
  const used = createCounters("farthing_budget_used_usd");
  const fullest = new Map<string, ScrapedBudget>();
  for (const budget of budgets)
    if (budget.used >= (fullest.get(budget.name)?.used ?? 0n)) fullest.set(budget.name, budget);
  for (const budget of [...fullest.values()].slice(0, valuesMax)) {
    limits.addPicoUsd(budget.limit, budget.name);
    used.addPicoUsd(budget.used, budget.name);
  }
  return limits.render() + used.render();
}
