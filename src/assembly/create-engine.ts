import { randomInt } from "node:crypto";
import { createIdSource } from "../kit/request-id.ts";
import { createUsageEstimator } from "../money/costs/usage-estimator.ts";
import { allDialects } from "../providers/dialects/all-dialects.ts";
import { saysOf } from "../providers/translation/carried-fields.ts";
import { createTranslator } from "../providers/translation/translator.ts";
import { createMetricsRegistry } from "../sinks/prometheus/registry.ts";
import type { Clock } from "../spec/clock.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { LedgerStatus, LedgerStore } from "../spec/ledger.ts";
import type { AlarmCode } from "../spec/metrics.ts";
import type { BodyStore } from "../spec/body-store.ts";
import type { Context } from "../spec/context.ts";
import type { PriceBook } from "../spec/prices.ts";
import type { Reply } from "../spec/reply.ts";
import { createLedgerReader } from "../stores/sqlite/reports/ledger-reader.ts";
import { openLedger } from "../stores/sqlite/ledger/open-ledger.ts";
import { openOutcomeStore } from "../stores/sqlite/outcomes/outcomes-store.ts";
import { speaksDialect } from "./as-asked-target.ts";
import { createAlarms, type LogLine } from "./alarms.ts";
import { budgetUseOf } from "./budgets/budget-lines.ts";
import { closeParts, closeStarted, type EngineParts } from "./engine-parts.ts";
import { contextOf, promptTokensOf } from "./context-of.ts";
import { type DataDirectory, openDataDirectory } from "./data-directory.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { explainReply } from "./explain-reply.ts";
import { prepareFirstStart } from "./access/first-start.ts";
import { createKeyedDigests } from "./access/keyed-digests.ts";
import { createLargeBodies } from "./large-bodies/large-bodies.ts";
import { createConfigBuilder, type LiveConfig } from "./live-config.ts";
import { logConfigChanges } from "./log-config-changes.ts";
import { trackOpenRequests } from "./open-requests.ts";
import { type RunningAlerts, startAlerts } from "./alerts/run-alerts.ts";
import { watchOffSwitch } from "./off-switch.ts";
import { reportDocument, zoneOf } from "./report-document.ts";
import { openConfiguredBodies } from "./open-bodies.ts";
import { createPriceBooks } from "./prices/price-books.ts";
import { createEngineAnswers } from "./answers/engine-answers.ts";
import { forgetAnswers, type ForgetParts } from "./answers/forget-answers.ts";
import { createRefresher } from "./answers/refresh-answers.ts";
import { createSpending, type Spending } from "./budgets/spending.ts";
import { systemClock } from "./system-clock.ts";

/** The same for every engine. */
const pureParts = { dialects: allDialects, translator: createTranslator(allDialects, saysOf) };
/** How long close waits for requests to settle when not told otherwise. */
const settleWaitMs = 2000;

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
  const newId = createIdSource(clock.nowMs, randomInt(1024));
  const refresher = createRefresher(newId, clock);
  const spending = createSpending(spendingParts(config, directory, { owner: digests.ownerOfBalances, clock, alarm }));
  const answers = createEngineAnswers(config, options.answers, clock, alarm);
  let bodies: BodyStore | null = null;
  try {
    await answers.open(config);
    bodies = options.bodies ?? (await openConfiguredBodies(config, clock, alarm));
    // Behind the ledger: a start that fails there makes no key. What fails later finds the notices handed over already.
    const firstStartNotices = prepareFirstStart(config, directory, digests);
    if (firstStartNotices.length > 0) options.onFirstStart?.(firstStartNotices);
    const observers = [...(options.metrics === false ? [] : [metrics.observe]), ...(options.observers ?? [])];
    const builder = createConfigBuilder(
      directory.keysFile,
      digests,
      { priceBookOf: priceBookOf(options), admissionOf: admissionOf(options, spending) },
      {
        ...pureParts,
        clock,
        random: options.random ?? Math.random,
        answers: answers.store,
        bodies,
        refresh: refresher.refresh,
        ledger,
        estimator: createUsageEstimator(),
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
    return assembleEngine({
      live,
      builder,
      spending,
      changed,
      offSwitch,
      ledger,
      outcomes: options.outcomes ?? (options.ledger === undefined ? openOutcomeStore(directory.path, clock) : null),
      alerts: options.alerts === true ? startAlertsOf(config, { clock, log, alarm, ledger, spending }) : null,
      clock,
      metrics,
      directory,
      alarm,
      firstStartNotices,
      newId,
      refresher,
      answers,
      bodies,
      digest: digests.digest,
    });
  } catch (error) {
    await closeStarted(options, { answers, bodies, spending, ledger });
    throw error;
  }
}

function spendingParts(
  { balancesDirectory }: FarthingConfig,
  { path, keysFile }: DataDirectory,
  rest: Pick<Parameters<typeof createSpending>[0], "owner" | "clock" | "alarm">,
): Parameters<typeof createSpending>[0] {
  return { directory: path, balancesDirectory: balancesDirectory ?? path, keysFile, ...rest };
}

/** The admission that was brought, for every config; else each config's own. */
function admissionOf({ budgets }: EngineOptions, spending: Spending): Spending["admissionOf"] {
  return budgets === undefined ? spending.admissionOf : () => budgets;
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

function assembleEngine(parts: EngineParts): Engine {
  const { builder, spending, offSwitch, ledger, clock, directory, newId, refresher, answers } = parts;
  let { live } = parts;
  const pipelineOf = new WeakMap(live.pipelines);
  const open = trackOpenRequests();
  const largeBodies = createLargeBodies();
  const reader = createLedgerReader(live.config.dataDirectory, clock);
  const handle = (context: Context): Promise<Reply> => {
    const pipelines = pipelineOf.get(context.route);
    if (pipelines === undefined) throw new Error("The context's route is of another engine.");
    const straight = context.bypass || context.request.resource !== undefined;
    return open.track((straight ? pipelines.bypass : pipelines.normal)(context));
  };
  refresher.start(handle);
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
    newId,
    createContext: (call) => contextOf(call, live, offSwitch.isOff),
    handle,
    largeBodies,
    speaks: (dialect, kind) => speaksDialect(live.config, dialect, kind),
    estimateTokens: (request) => promptTokensOf(request, live.ports),
    explain: explainReply,
    outcomes: parts.outcomes,
    forgetAnswers: (owner, wish) => forgetAnswers(forgetPartsOf(parts, live), owner, wish),
    findRequest: (anyId) => ledger.find(anyId),
    overview: (question) => reader.overview(question),
    latestRequests: (limit) => reader.latest(limit),
    report: async (question) => reportDocument(await reader.report({ zone: zoneOf(live.config), ...question })),
    reload: (next) => {
      live = builder.build(next);
      void answers.open(next);
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
      refresher.stop();
      await open.whenNone(waitMs);
      await largeBodies.close();
      await closeParts(parts);
    },
  };
}

function forgetPartsOf({ answers, digest, clock }: EngineParts, { config }: LiveConfig): ForgetParts {
  return { answers: answers.store, digest, endpointIds: config.endpoints.map(({ id }) => id), nowMs: clock.nowMs() };
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
