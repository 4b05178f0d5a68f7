/** A row of the metrics table. */
export interface MetricRow {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric that `/metrics` shows; names follow the Prometheus naming rules. docs/reference/metrics.md is tested against it. */
export const metrics = {
  farthing_requests_total: {
    type: "counter",
    help: "Requests settled.",
    labels: ["dialect", "provider", "model", "status_class", "cache"],
  },
  farthing_rejected_total: {
    type: "counter",
    help: "Calls refused before the pipeline; not ledger rows.",
    labels: ["code"],
  },
  farthing_tokens_total: {
    type: "counter",
    help: "Tokens billed by disjoint class.",
    labels: ["provider", "model", "class"],
  },
  farthing_cost_usd_total: {
    type: "counter",
    help: "Cost billed by providers, USD; for trends, the ledger is exact.",
    labels: ["provider", "model"],
  },
  farthing_savings_usd_total: {
    type: "counter",
    help: "Savings of techniques where positive, USD.",
    labels: ["technique"],
  },
  farthing_savings_loss_usd_total: {
    type: "counter",
    help: "Losses of techniques, USD; net is savings minus losses.",
    labels: ["technique"],
  },
  farthing_attempts_total: { type: "counter", help: "Calls to providers.", labels: ["provider", "outcome"] },
  farthing_unpriced_requests_total: { type: "counter", help: "Requests with no known price.", labels: ["provider"] },
  farthing_cache_lookups_total: { type: "counter", help: "Lookups in the answer caches.", labels: ["tier", "result"] },
  farthing_request_duration_seconds: {
    type: "histogram",
    help: "Whole request, arrival to settlement.",
    labels: ["dialect"],
  },
  farthing_time_to_first_token_seconds: {
    type: "histogram",
    help: "Arrival to first byte of the answer.",
    labels: ["dialect"],
  },
  farthing_alarms_total: { type: "counter", help: "Alarms raised.", labels: ["code"] },
  farthing_ledger_queue_rows: { type: "gauge", help: "Ledger rows waiting for the disk.", labels: [] },
  farthing_ledger_written_total: { type: "counter", help: "Ledger rows on disk.", labels: [] },
  farthing_ledger_spooled_total: {
    type: "counter",
    help: "Requests served before their row was synced, because the disk stalled.",
    labels: [],
  },
  farthing_ledger_dropped_total: { type: "counter", help: "Ledger rows lost because the spool was full.", labels: [] },
  farthing_config_generation: { type: "gauge", help: "Generation of the config in force.", labels: [] },
  farthing_metric_label_overflows_total: {
    type: "counter",
    help: "Label values shown as `other` because their label holds its maximum of values.",
    labels: [],
  },
  farthing_budget_limit_usd: {
    type: "gauge",
    help: "Limit of a budget in USD; one series a budget, at most 200.",
    labels: ["budget"],
  },
  farthing_budget_used_usd: {
    type: "gauge",
    help: "Spent and reserved of a budget in USD in its window; of several accounts, the fullest.",
    labels: ["budget"],
  },
  farthing_in_flight_requests: { type: "gauge", help: "Requests being answered.", labels: [] },
} as const;

/** Name of a metric in the table. */
export type MetricName = keyof typeof metrics;

/** Holds the table to its row type; `as const` alone would let a misspelt column through. */
const checkedMetrics: Readonly<Record<MetricName, MetricRow>> = metrics;
void checkedMetrics;

/** Alarms an operator may see: what each means and what to do next. */
export const alarms = {
  "unpriced-model": "A provider was paid for a model that has no price. Add the price, or the bill is incomplete.",
  "usage-missing": "A successful answer reported no usage; its cost is an estimate. Check the provider's settings.",
  "ledger-stalled":
    "The disk did not sync a ledger row within the longest wait; requests are served, rows wait in memory.",
  "ledger-dropped": "The ledger's spool is full and rows are lost. Free the disk now.",
  "ledger-error":
    "Writing the ledger failed; rows wait in memory. `farthing doctor` shows the running gateway's last error.",
  "stage-stepped-aside": "An optimisation failed and stepped aside; requests are served without it.",
  "cache-unreachable":
    "The store of answers fails or is slow; requests are served without it. `farthing doctor` says what it finds.",
  "cache-switched-off":
    "A cache found too few useful answers to be worth its lookups and stores nothing for a while; it tries again by itself.",
  "cache-switched-on": "A cache that had stopped by itself finds enough useful answers again. Nothing to do.",
  "bodies-unavailable":
    "Requests or replies cannot be kept: compliance routes refuse, others serve without. Check disk and key.",
  "config-rejected": "The changed config is wrong; the old one stays in force.",
  "budget-soft-exceeded": "A soft budget is over its limit; requests are served. Raise it, or make it hard.",
  "budget-unavailable":
    "The store of balances cannot be used: hard budgets refuse, soft ones serve. Check disk and directory.",
  "alerts-blind":
    "The ledger or the balances cannot be read for the alerts: none begins or ends until they can. See `farthing doctor`.",
  "alert-not-sent":
    "A message of the alerts did not arrive; it is sent again. Check `alerts.webhook`, or run `farthing alerts test`.",
  "price-estimated": "A price of low confidence was used; the amount is marked as estimated.",
} as const;

/** Code of an alarm in the table. */
export type AlarmCode = keyof typeof alarms;
