import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { budgetOf, factsOf } from "../../alerts/test-facts.ts";
import type { AlertSettings, LedgerFacts } from "../../spec/alert.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { LedgerStatus } from "../../spec/ledger.ts";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { openForWriting } from "../../stores/sqlite/data-directory.ts";
import { alertsFiringNow, testAlertSinks } from "./alerts-once.ts";
import { type RunningAlerts, startAlerts, usualAlertSettings } from "./run-alerts.ts";
import { type BudgetUse, LossWatch, PaceWatch } from "./alert-watch.ts";

let directory: string;
let clock: FakeClock;
let alerts: RunningAlerts | null;
let facts: Partial<LedgerFacts> | Error;
let status: LedgerStatus;
let budgets: readonly BudgetUse[];
let log: Record<string, unknown>[];
let alarms: string[];

const minuteMs = 60_000;
const unpriced = { unpricedModels: ["acme/big"] };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-alerts-"));
  clock = createFakeClock();
  [alerts, facts, budgets, log, alarms] = [null, {}, [], [], []];
  status = { rowsQueued: 0, rowsWritten: 0, rowsSpooled: 0, rowsDropped: 0, lastError: null };
});
afterEach(async () => {
  await alerts?.close();
  rmSync(directory, { recursive: true });
});

function configOf(settings: Partial<AlertSettings> = {}): FarthingConfig {
  const network = { httpsProxy: null, noProxy: [], extraCa: null, connectionsPerOrigin: 1 };
  const config = { dataDirectory: directory, network, alerts: { ...usualAlertSettings, ...settings } };
  return config as Partial<FarthingConfig> as FarthingConfig;
}

function start(settings: Partial<AlertSettings> = {}): RunningAlerts {
  alerts = startAlerts(configOf(settings), {
    clock,
    random: () => 0,
    log: (line) => log.push(line as Record<string, unknown>),
    alarm: (code, detail) => alarms.push(`${code}: ${detail}`),
    ledgerStatus: () => status,
    budgetUse: () => Promise.resolve(budgets),
    openFacts: () => ({
      read: (nowMs) =>
        facts instanceof Error ? Promise.reject(facts) : Promise.resolve({ ...factsOf(), ...facts, nowMs }),
      close: () => Promise.resolve(),
    }),
  });
  return alerts;
}

/** What was told since the last time. */
function told(): string[] {
  return log
    .splice(0)
    .map((line) => `${String(line["status"])} ${String(line["rule"])} ${String(line["subject"])}`.trim());
}

describe("alerts", () => {
  it("look once a minute, tell once, and tell when it is over", async () => {
    facts = unpriced;
    start();
    await clock.advanceAsync(minuteMs - 1);
    expect(told()).toEqual([]);
    await clock.advanceAsync(1);
    expect(log[0]).toMatchObject({
      level: "warn",
      event: "alert",
      severity: "warning",
      since: "2026-01-01T00:01:00.000Z",
    });
    expect(told()).toEqual(["firing unpriced-model acme/big"]);
    await clock.advanceAsync(10 * minuteMs);
    expect(told()).toEqual([]);
    facts = {};
    await clock.advanceAsync(10 * minuteMs);
    expect(told()).toEqual(["resolved unpriced-model acme/big"]);
  });

  it("tell nothing twice across a restart", async () => {
    facts = unpriced;
    start();
    await clock.advanceAsync(minuteMs);
    await alerts?.close();
    expect(told()).toHaveLength(1);
    expect(statSync(join(directory, "alerts.json")).mode & 0o777).toBe(0o600);
    start();
    await clock.advanceAsync(5 * minuteMs);
    expect(told()).toEqual([]);
    await clock.advanceAsync(4 * 60 * minuteMs);
    expect(told()).toEqual(["still-firing unpriced-model acme/big"]);
  });

  it("begin anew where the file is damaged", async () => {
    for (const damaged of ["{", '{"version":2}', '{"version":1,"firing":[{"alert":{}}]}']) {
      writeFileSync(join(directory, "alerts.json"), damaged);
      facts = unpriced;
      start();
      await clock.advanceAsync(minuteMs);
      await alerts?.close();
      expect(told()).toEqual(["firing unpriced-model acme/big"]);
    }
  });

  it("are quiet and raise an alarm when the facts cannot be read: nothing begins, nothing ends", async () => {
    facts = unpriced;
    start();
    await clock.advanceAsync(minuteMs);
    told();
    facts = new Error("disk gone");
    await clock.advanceAsync(30 * minuteMs);
    expect(told()).toEqual([]);
    expect(alarms).toHaveLength(30);
    expect(alarms[0]).toBe("alerts-blind: disk gone");
    facts = unpriced;
    await clock.advanceAsync(minuteMs);
    expect(told()).toEqual([]);
  });

  it("tell rows lost for an hour, though the counter stays", async () => {
    start();
    await clock.advanceAsync(minuteMs);
    status = { ...status, rowsDropped: 3 };
    await clock.advanceAsync(minuteMs);
    expect(told()).toEqual(["firing ledger-trouble rows lost"]);
    await clock.advanceAsync(70 * minuteMs);
    expect(told()).toEqual(["resolved ledger-trouble rows lost"]);
  });

  it("know a budget's pace after six hours of looking", async () => {
    const { usedLastHour: _hour, usedLastSixHours: _hours, ...budget } = budgetOf();
    const endMs = clock.nowMs() + 100 * 60 * minuteMs;
    budgets = [{ ...budget, used: 0n, windowStartMs: clock.nowMs(), windowEndMs: endMs }];
    start();
    // $2 an hour against $100 in 100 hours: too fast, and told long before a quarter of the window is over.
    for (let minute = 0; minute < 7 * 60; minute++) {
      budgets = budgets.map((one) => ({ ...one, used: one.used + budget.limit / 3_000n }));
      await clock.advanceAsync(minuteMs);
    }
    expect(told()).toEqual(["firing budget-pace budget monthly"]);
  });

  it("look at nothing where nobody is to be told", async () => {
    facts = new Error("never read");
    start({ log: false });
    await clock.advanceAsync(5 * minuteMs);
    expect(alarms).toEqual([]);
  });

  it("take a changed config at once, and keep what is firing", async () => {
    facts = unpriced;
    const running = start();
    await clock.advanceAsync(minuteMs);
    told();
    running.reload(configOf({ off: ["unpriced-model"] }));
    await clock.advanceAsync(10 * minuteMs);
    expect(told()).toEqual(["resolved unpriced-model acme/big"]);
  });
});

describe("alerts by webhook", () => {
  let server: Server;
  let answer: number;
  let bodies: Record<string, unknown>[];
  let webhook: AlertSettings["webhook"];

  beforeEach(async () => {
    [answer, bodies] = [204, []];
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        bodies.push(JSON.parse(body) as Record<string, unknown>);
        response.writeHead(answer).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    webhook = { url: `http://127.0.0.1:${port}/`, secret: "0123456789abcdef" };
  });
  afterEach(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  it("send again with the next look what did not arrive, under the same id", async () => {
    facts = unpriced;
    answer = 400;
    const running = start({ log: false, webhook });
    await running.look();
    expect(alarms).toEqual(["alert-not-sent: unpriced-model acme/big: webhook: the receiver answered 400; 1 tries"]);
    expect(readFileSync(join(directory, "alerts.json"), "utf8")).toContain('"notifiedAtMs":null');
    answer = 204;
    await running.look();
    await running.look();
    expect(bodies.map(({ status: state, id }) => [state, id])).toEqual([
      ["firing", bodies[0]?.["id"]],
      ["firing", bodies[0]?.["id"]],
    ]);
  });

  it("test says of each sink whether the message arrived", async () => {
    const lines: object[] = [];
    const both = await testAlertSinks(configOf({ webhook }), (line) => lines.push(line), clock.nowMs());
    expect(both).toEqual([
      { sink: "log", failure: null },
      { sink: "webhook", failure: null },
    ]);
    expect(lines).toMatchObject([{ event: "alert", status: "test" }]);
    expect(bodies).toMatchObject([{ status: "test" }]);
    answer = 403;
    expect(await testAlertSinks(configOf({ log: false, webhook }), () => undefined, clock.nowMs())).toEqual([
      { sink: "webhook", failure: "the receiver answered 403; 1 tries" },
    ]);
  });
});

describe("alerts firing now", () => {
  it("are judged anew, with what the gateway wrote of itself within ten minutes", async () => {
    openForWriting(directory, "OFF").close();
    status = { ...status, lastError: "disk full" };
    facts = unpriced;
    start();
    await clock.advanceAsync(minuteMs);
    // The ledger here is empty: what the gateway saw of models is judged anew, and is gone.
    expect(alertsFiringNow(configOf(), clock.nowMs())).toMatchObject([
      { rule: "ledger-trouble", subject: "writes fail", sinceMs: clock.nowMs() },
    ]);
    expect(alertsFiringNow(configOf(), clock.nowMs() + 10 * minuteMs)).toEqual([]);
  });
});

describe("watches", () => {
  it("forget a loss after an hour, and count none twice", () => {
    const watch = new LossWatch();
    expect([watch.lostLastHour(0, 0), watch.lostLastHour(5, 1), watch.lostLastHour(5, 2)]).toEqual([0, 5, 5]);
    expect(watch.lostLastHour(7, 3_000_000)).toBe(7);
    expect(watch.lostLastHour(7, 3_600_002)).toBe(2);
    expect(watch.lostLastHour(7, 7_000_000)).toBe(0);
  });

  it("begin anew with a budget's new window", () => {
    const watch = new PaceWatch();
    const { usedLastHour: _hour, usedLastSixHours: _hours, ...budget } = budgetOf();
    const hourMs = 60 * minuteMs;
    const at = (used: bigint, hours: number) => watch.withPace([{ ...budget, used }], hours * hourMs)[0];
    expect(at(10n, 0)).toMatchObject({ usedLastHour: null, usedLastSixHours: null });
    expect(at(15n, 1)).toMatchObject({ usedLastHour: 5n, usedLastSixHours: null });
    expect(at(40n, 6)).toMatchObject({ usedLastSixHours: 30n });
    expect(at(1n, 7)).toMatchObject({ usedLastHour: null, usedLastSixHours: null });
    expect(at(3n, 8)).toMatchObject({ usedLastHour: 2n });
  });
});
