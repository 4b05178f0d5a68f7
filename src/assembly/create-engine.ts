import { randomInt } from "node:crypto";
import { createIdSource } from "../kit/request-id.ts";
import { createUsageEstimator } from "../money/costs/usage-estimator.ts";
import { createAttemptLog } from "../pipeline/attempt-log.ts";
import { promptBytesOf } from "../pipeline/prompt-bytes.ts";
import { createJournal } from "../pipeline/journal.ts";
import { allDialects } from "../providers/dialects/all-dialects.ts";
import { saysOf } from "../providers/translation/carried-fields.ts";
import { createTranslator } from "../providers/translation/translator.ts";
import { createMetricsRegistry, type MetricsRegistry } from "../sinks/prometheus/registry.ts";
import type { BudgetAdmission } from "../spec/budget.ts";
import type { Clock } from "../spec/clock.ts";
import type { FarthingConfig } from "../spec/config.ts";
import { noCacheWishes } from "../spec/cache-control.ts";
import type { Context } from "../spec/context.ts";
import type { LedgerStatus, LedgerStore } from "../spec/ledger.ts";
import type { AlarmCode } from "../spec/metrics.ts";
import type { OutcomeStore } from "../spec/outcome.ts";
import type { Ports } from "../spec/ports.ts";
import type { PriceBook } from "../spec/prices.ts";
import type { ModelRequest, RequestEdit } from "../spec/request.ts";
import { MapAnswerStore } from "../testing/map-answer-store.ts";
import { createLedgerReader } from "../stores/sqlite/reports/ledger-reader.ts";
import { openLedger } from "../stores/sqlite/ledger/open-ledger.ts";
import { openOutcomeStore } from "../stores/sqlite/outcomes/outcomes-store.ts";
import { speaksDialect, targetAsAsked } from "./as-asked-target.ts";
import { createAlarms, type LogLine } from "./alarms.ts";
import { budgetUseOf } from "./budgets/budget-lines.ts";
import { callerOf } from "./access/credentials.ts";
import { type DataDirectory, openDataDirectory } from "./data-directory.ts";
import type { Engine, EngineCall, EngineOptions } from "./engine.ts";
import { explainReply } from "./explain-reply.ts";
import { prepareFirstStart } from "./access/first-start.ts";
import { createKeyedDigests } from "./access/keyed-digests.ts";
import { createLargeBodies } from "./large-bodies/large-bodies.ts";
import { type ConfigBuilder, createConfigBuilder, type LiveConfig } from "./live-config.ts";
import { logConfigChanges } from "./log-config-changes.ts";
import { matchRoute } from "./match-route.ts";
import { trackOpenRequests } from "./open-requests.ts";
import { type RunningAlerts, startAlerts } from "./alerts/run-alerts.ts";
import { type OffSwitch, watchOffSwitch } from "./off-switch.ts";
import { reportDocument, zoneOf } from "./report-document.ts";
import { createPriceBooks } from "./prices/price-books.ts";
import { createSpending, type Spending } from "./budgets/spending.ts";
import { systemClock } from "./system-clock.ts";

/** How long close waits for requests to settle when not told otherwise. */
const settleWaitMs = 2000;
const noEdit: RequestEdit = {};

/**
 * Builds the engine of a config: opens the data directory and the ledger, builds one pipeline for each route. Options replace
 * single parts. Rejects with an error that says what to do when the data directory cannot be used.
 */
export async function createEngine(config: FarthingConfig, options: EngineOptions = {}): Promise<Engine> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? logToStderr;
  const directory = openDataDirectory(config.dataDirectory);
  const digests = createKeyedDigests(directory.secret);
  const metrics = createMetricsRegistry();
  const alarm = createAlarms(clock, log, metrics.alarmed);
  const ledger = options.ledger ?? (await openConfiguredLedger(config, clock, alarm));
  const spending = createSpending({
    directory: directory.path,
    balancesDirectory: config.balancesDirectory ?? directory.path,
    keysFile: directory.keysFile,
    owner: digests.ownerOfBalances,
    clock,
    alarm,
  });
  try {
    // Behind the ledger: a start that fails there makes no key. What fails later finds the notices handed over already.
    const firstStartNotices = prepareFirstStart(config, directory, digests);
    if (firstStartNotices.length > 0) options.onFirstStart?.(firstStartNotices);
    const { budgets } = options;
    const admissionOf = budgets === undefined ? spending.admissionOf : (): BudgetAdmission => budgets;
    const observers = [...(options.metrics === false ? [] : [metrics.observe]), ...(options.observers ?? [])];
    const builder = createConfigBuilder(
      directory.keysFile,
      digests,
      { priceBookOf: priceBookOf(options), admissionOf },
      {
        clock,
        random: options.random ?? Math.random,
        answers: options.answers ?? new MapAnswerStore(),
        bodies: null,
        refresh: null,
        cpuHourPicoUsd: 40_000_000_000n,
        ledger,
        estimator: createUsageEstimator(),
        dialects: allDialects,
        translator: createTranslator(allDialects, saysOf),
        digest: digests.digest,
        observers,
        alarm,
      },
    );
    const live = builder.build(config);
    await spending.ready();
    const changed = (tool: "start" | "reload", next: LiveConfig): void => tellChanges(tool, next, clock, log);
    changed("start", live);
    const offSwitch = watchOffSwitch(directory.offFile, (off) => log({ level: "info", event: "off-switch", off }));
    const outcomes =
      options.outcomes ?? (options.ledger === undefined ? openOutcomeStore(directory.path, clock) : null);
    return assembleEngine({
      live,
      builder,
      spending,
      changed,
      offSwitch,
      ledger,
      outcomes,
      alerts: options.alerts === true ? startAlertsOf(config, { clock, log, alarm, ledger, spending }) : null,
      clock,
      metrics,
      directory,
      alarm,
      firstStartNotices,
    });
  } catch (error) {
    // Their threads would keep the process alive.
    await spending.close();
    if (options.ledger === undefined) await ledger.close();
    throw error;
  }
}

/** Who changed budgets and prices is for the log of changes; a log that cannot be written stops no gateway. */
function tellChanges(tool: "start" | "reload", { config, ports }: LiveConfig, clock: Clock, log: LogLine): void {
  try {
    logConfigChanges(config, ports.prices.version, tool, clock.nowMs());
  } catch (error) {
    log({ level: "warn", event: "admin-log-failed", message: error instanceof Error ? error.message : String(error) });
  }
}

/** The prices that were brought, for every config; else each config's own over the bundled ones. */
function priceBookOf({ prices }: EngineOptions): (config: FarthingConfig) => PriceBook {
  return prices === undefined ? createPriceBooks() : () => prices;
}

function startAlertsOf(
  config: FarthingConfig,
  parts: {
    readonly clock: Clock;
    readonly log: LogLine;
    readonly alarm: (code: AlarmCode, detail: string) => void;
    readonly ledger: LedgerStore;
    readonly spending: Spending;
  },
): RunningAlerts {
  const { ledger, spending, ...rest } = parts;
  const ledgerStatus = (): LedgerStatus => ledger.status();
  return startAlerts(config, {
    ...rest,
    random: Math.random,
    ledgerStatus,
    budgetUse: async () => budgetUseOf(await spending.lines()),
  });
}

/** What an engine is put together from. */
interface EngineParts {
  readonly live: LiveConfig;
  readonly builder: ConfigBuilder;
  readonly spending: Spending;
  readonly changed: (tool: "reload", next: LiveConfig) => void;
  readonly offSwitch: OffSwitch;
  readonly ledger: LedgerStore;
  readonly outcomes: OutcomeStore | null;
  readonly alerts: RunningAlerts | null;
  readonly clock: Clock;
  readonly metrics: MetricsRegistry;
  readonly directory: DataDirectory;
  readonly alarm: (code: AlarmCode, detail: string) => void;
  readonly firstStartNotices: readonly string[];
}

function assembleEngine(parts: EngineParts): Engine {
  const { builder, spending, offSwitch, ledger, clock, directory } = parts;
  let { live } = parts;
  const pipelineOf = new WeakMap(live.pipelines);
  const open = trackOpenRequests();
  const largeBodies = createLargeBodies();
  const reader = createLedgerReader(live.config.dataDirectory, clock);
  return {
    get config() {
      return live.config;
    },
    get credentials() {
      return live.credentials;
    },
    get ownKeysAllowed() {
      return live.ownKeysAllowed;
    },
    clock,
    dialects: allDialects,
    metrics: parts.metrics,
    adminToken: directory.adminToken,
    firstStartNotices: parts.firstStartNotices,
    newId: createIdSource(clock.nowMs, randomInt(1024)),
    createContext: (call) => contextOf(call, live, offSwitch.isOff),
    handle: (context) => {
      const pipelines = pipelineOf.get(context.route);
      if (pipelines === undefined) throw new Error("The context's route is of another engine.");
      const straight = context.bypass || context.request.resource !== undefined;
      return open.track((straight ? pipelines.bypass : pipelines.normal)(context));
    },
    largeBodies,
    speaks: (dialect, kind) => speaksDialect(live.config, dialect, kind),
    estimateTokens: (request) => promptTokensOf(request, live.ports),
    explain: explainReply,
    outcomes: parts.outcomes,
    findRequest: (anyId) => ledger.find(anyId),
    overview: (question) => reader.overview(question),
    latestRequests: (limit) => reader.latest(limit),
    report: async (question) => reportDocument(await reader.report({ zone: zoneOf(live.config), ...question })),
    reload: (next) => {
      live = builder.build(next);
      parts.changed("reload", live);
      parts.alerts?.reload(next);
      for (const [route, pipelines] of live.pipelines) pipelineOf.set(route, pipelines);
    },
    budgets: () => spending.lines(),
    configRejected: (detail) => parts.alarm("config-rejected", detail),
    status: () => ({
      ledger: ledger.status(),
      configGeneration: live.config.generation,
      localKeys: live.credentials.localKeyCount,
      off: offSwitch.isOff,
      inFlight: open.count,
    }),
    close: async (waitMs = settleWaitMs) => {
      await open.whenNone(waitMs);
      offSwitch.close();
      await largeBodies.close();
      await builder.close();
      await spending.close();
      await parts.alerts?.close();
      await parts.outcomes?.close();
      await ledger.close();
    },
  };
}

function contextOf(call: EngineCall, live: LiveConfig, off: boolean): Context {
  const { request, identity, claims } = call;
  const { config, ports } = live;
  const target = targetAsAsked(config, request, identity.kind, ports.translator);
  const route = matchRoute(config.routes, request, claims, () => promptTokensOf(request, ports));
  return {
    id: call.id,
    requestId: call.requestId,
    request,
    rawBody: call.rawBody,
    query: call.query,
    headers: call.headers,
    caller: callerOf(identity, target.endpoint.id, claims),
    route,
    arrivedAtMs: call.arrivedAtMs,
    arrivedAtUs: call.arrivedAtUs,
    deadlineUs: call.arrivedAtUs + route.timeouts.totalMs * 1000,
    signal: call.signal,
    bypass: call.bypass || off,
    targets: [target],
    answerKey: undefined,
    cacheControl: call.cacheControl ?? noCacheWishes,
    documents: call.documents ?? [],
    attemptIndex: 0,
    edit: noEdit,
    clientRetries: call.clientRetries,
    ports,
    journal: createJournal(),
    attempts: createAttemptLog(),
  };
}

/** The size a rule's `promptTokensMin` and `Max` speak of. */
function promptTokensOf(request: ModelRequest, { dialects, estimator }: Ports): number {
  const bytes = promptBytesOf(request, dialects);
  return estimator.estimate(request.model, bytes, 0).tokens.input ?? 0;
}

function openConfiguredLedger(
  config: FarthingConfig,
  clock: Clock,
  alarm: (code: AlarmCode, detail: string) => void,
): Promise<LedgerStore> {
  return openLedger({
    directory: config.dataDirectory,
    settings: config.ledger,
    zone: zoneOf(config),
    clock,
    alarm,
  });
}

const logToStderr: LogLine = (line) => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
};
