import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../src/config/load-config.ts";
import { vendorRows } from "../../src/providers/vendor-catalogue.ts";
import { backfill } from "../workload/backfill.ts";
import { serverKeys } from "./demo-config.ts";
import { prepareGateway } from "./prepare-gateway.ts";

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-demo-config-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("the demo's config is a valid one without warnings, with the switches that the table speaks of", () => {
  const facts = {
    trafficPort: 18_787,
    adminPort: 18_788,
    dataDirectory: directory,
    providerOrigin: "http://127.0.0.1:9",
  };
  const { configFile: file } = prepareGateway(facts);
  const { config, warnings } = loadConfig({ file, env: {}, overrides: {}, generation: 1, vendors: vendorRows });
  expect(warnings).toEqual([]);
  expect(config).toMatchObject({ traffic: { host: "127.0.0.1", port: 18_787 }, dataDirectory: directory });
  expect(config.routes.map(({ name }) => name)).toEqual([
    "compliance",
    "folded",
    "private",
    "tools",
    "documents",
    "stale",
    "everyday",
  ]);
  const [compliance, everyday] = [config.routes[0], config.routes.at(-1)];
  expect(compliance).toMatchObject({ compliance: true, exactCache: { enabled: false }, rules: [] });
  expect(everyday).toMatchObject({ compliance: false, exactCache: { enabled: true }, coalesce: { enabled: true } });
  expect(everyday?.rules.map(({ use }) => use.map(({ endpoint, model }) => `${endpoint.id}/${model}`))).toEqual([
    ["openai/gpt-4o-mini"],
    ["openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"],
    ["openai/gpt-4o-mini"],
    ["openai/gpt-4o-mini", "anthropic/claude-haiku-4-5"],
  ]);
  expect(config.endpoints.map(({ origin }) => origin)).toEqual(["http://127.0.0.1:9", "http://127.0.0.1:9"]);
  expect(config.budgets).toMatchObject([
    { subject: { project: backfill.project }, measure: "usd", limit: backfill.limitPicoUsd, mode: "hard" },
  ]);
  expect(config.endpoints.map(({ serverKey }) => serverKey)).toEqual([serverKeys.openai, serverKeys.anthropic]);
});
