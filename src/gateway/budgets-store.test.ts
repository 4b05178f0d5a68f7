import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readBudgetLines } from "../assembly/operation.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { Budget } from "../spec/budget.ts";
import { testBudget } from "../testing/scripted-budgets.ts";
import { chatRequest, type GotAnswer, send, type TestGateway } from "./test-gateway.ts";
import { createTestGateways } from "./test-gateways.ts";

const gateways = createTestGateways();
afterEach(() => gateways.stop());

function start(budgets: readonly Budget[], shared: Partial<FarthingConfig> = {}): Promise<TestGateway> {
  return gateways.start({
    config: {
      budgets,
      limits: { bodyBytesMax: 65_536, jsonDepthMax: 64, replyBytesMax: 1e8, inFlightMax: 1000 },
      ...shared,
    },
  });
}

function call(gateway: TestGateway, headers: readonly string[] = []): Promise<GotAnswer> {
  const body = JSON.stringify(chatRequest({ max_tokens: 10 }));
  return send(gateway.port, { body, headers: ["authorization", "Bearer sk-own", ...headers] });
}

function spentOf(gateway: TestGateway): bigint {
  return gateway.ledger.records.reduce((sum, { cost }) => sum + (cost.picoUsd ?? 0n), 0n);
}

/** Once nothing is held, what the store says of a budget. */
async function settled(gateway: TestGateway, name: string): Promise<bigint> {
  const line = () => gateway.gateway.engine.budgets().then((lines) => lines.find(({ budget }) => budget.name === name));
  const endMs = performance.now() + 5_000;
  while (((await line())?.held ?? 1n) !== 0n && performance.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const last = await line();
  expect(last?.held).toBe(0n);
  return last?.spent ?? -1n;
}

function limit(count: bigint): readonly Budget[] {
  return [testBudget({ name: "calls", measure: "requests", limit: count })];
}

describe("with the real store of balances", () => {
  it("simultaneous calls never overshoot a hard budget, and what is spent is what the rows say", async () => {
    const gateway = await start([testBudget({ name: "seven", measure: "requests", limit: 7n })]);
    const answers = await Promise.all(Array.from({ length: 40 }, () => call(gateway)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(33);
    expect(gateway.upstream.calls).toHaveLength(7);
    expect(await settled(gateway, "seven")).toBe(7n);
  });

  it("a budget in USD is settled to the cost of the rows, and limits what comes next", async () => {
    const probe = await start([testBudget({ name: "money" })]);
    await call(probe);
    const one = spentOf(probe);
    expect(await settled(probe, "money")).toBe(one);
    const gateway = await start([testBudget({ name: "money", limit: 60n * one })]);
    let admitted = 0;
    for (let round = 0; round < 61; round++) {
      if ((await call(gateway)).status !== 200) break;
      admitted++;
    }
    expect(admitted).toBeGreaterThan(10);
    expect(spentOf(gateway)).toBe(BigInt(admitted) * one);
    expect(spentOf(gateway)).toBeLessThanOrEqual(60n * one);
    expect(await settled(gateway, "money")).toBe(spentOf(gateway));
  });

  it("nested budgets admit all or nothing: the user's refusal costs the team nothing", async () => {
    const gateway = await start([
      testBudget({ name: "team", subject: { team: "a" }, measure: "requests", limit: 5n }),
      testBudget({ name: "user", subject: { team: "a", user: "*" }, measure: "requests", limit: 2n }),
    ]);
    const as = (user: string) => call(gateway, ["x-farthing-team", "a", "x-farthing-user", user]);
    const first = [await as("one"), await as("one"), await as("one"), await as("one")];
    expect(first.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
    expect(first[2]?.text).toContain("budget user is used up");
    const second = [await as("two"), await as("two"), await as("three"), await as("three")];
    expect(second.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(second[3]?.text).toContain("budget team is used up");
    expect(await settled(gateway, "team")).toBe(5n);
  });

  it("gateways that share balances never admit more together than one would", async () => {
    const balancesDirectory = mkdtempSync(join(tmpdir(), "farthing-balances-"));
    const both = await Promise.all([1, 2].map(() => start(limit(9n), { balancesDirectory })));
    const answers = await Promise.all(both.flatMap((gateway) => Array.from({ length: 15 }, () => call(gateway))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(9);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(21);
    expect(await settled(both[0] as TestGateway, "calls")).toBe(9n);
    rmSync(balancesDirectory, { recursive: true, force: true });
  });

  it("a reload keeps what was spent: raising a limit makes room, taking it back closes it", async () => {
    const gateway = await start(limit(1n));
    expect([(await call(gateway)).status, (await call(gateway)).status]).toEqual([200, 429]);
    gateway.gateway.reload({ ...gateway.config, generation: 2, budgets: limit(2n) });
    expect([(await call(gateway)).status, (await call(gateway)).status]).toEqual([200, 429]);
    gateway.gateway.reload({ ...gateway.config, generation: 3, budgets: [] });
    expect((await call(gateway)).status).toBe(200);
    gateway.gateway.reload({ ...gateway.config, generation: 4, budgets: limit(2n) });
    expect((await call(gateway)).status).toBe(429);
    const log = readFileSync(join(gateway.config.dataDirectory, "admin-log.ndjson"), "utf8");
    const told = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { what: string; with: string });
    expect(told.filter(({ what }) => what.startsWith("budget.")).map((line) => `${line.with} ${line.what}`)).toEqual([
      "start budget.create",
      "reload budget.change",
      "reload budget.remove",
      "reload budget.create",
    ]);
  });

  it("shows itself in the metrics and to the command beside it", async () => {
    const gateway = await start([testBudget({ name: "shown" })]);
    await call(gateway);
    await settled(gateway, "shown");
    const token = readFileSync(join(gateway.config.dataDirectory, "admin-token"), "utf8").trim();
    const answer = await send(gateway.adminPort, {
      method: "GET",
      path: "/metrics",
      headers: ["authorization", `Bearer ${token}`],
    });
    expect(answer.text).toContain('farthing_budget_limit_usd{budget="shown"} 1.000000000000');
    expect(answer.text).toMatch(/farthing_budget_used_usd{budget="shown"} 0\.0000\d+/);
    const [line] = readBudgetLines(gateway.config, Date.now());
    expect([line?.spent, line?.held, line?.subject]).toEqual([spentOf(gateway), 0n, "{}"]);
  });
});
