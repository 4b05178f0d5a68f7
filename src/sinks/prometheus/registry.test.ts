import { describe, expect, it } from "vitest";
import type { Attempt } from "../../spec/attempt.ts";
import type { RequestRecord } from "../../spec/ledger.ts";
import { metrics } from "../../spec/metrics.ts";
import { unknownUsage } from "../../spec/usage.ts";
import { createMetricsRegistry, type ScrapedValues } from "./registry.ts";

const scraped: ScrapedValues = {
  ledger: { rowsQueued: 3, rowsWritten: 5, rowsSpooled: 1, rowsDropped: 2, lastError: null },
  configGeneration: 4,
  inFlight: 6,
};

function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    index: 0,
    endpointId: "openai",
    vendor: "openai",
    model: "gpt-4o",
    servedModel: null,
    outcome: "complete",
    status: 200,
    usage: { source: "provider", tokens: { input: 100, output: 7 } },
    cost: { state: "priced", picoUsd: 1_234_567_890_123n },
    startedAtMs: 0,
    durationUs: 1,
    timeToFirstByteUs: null,
    providerRequestId: null,
    providerResponseId: null,
    finishReason: "stop",
    ...changes,
  };
}

function record(changes: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: 1n,
    requestId: "fr_1",
    arrivedAtMs: 0,
    durationUs: 30_000,
    timeToFirstByteUs: 2_000,
    dialect: "openai-chat",
    route: "default",
    keyId: "own_1",
    claims: { tags: [] },
    requestedModel: "gpt-4o",
    stream: false,
    bypass: false,
    clientRetries: 0,
    status: 200,
    outcome: "ok",
    origin: "provider",
    cache: "miss",
    usage: unknownUsage,
    cost: { state: "priced", picoUsd: 1n },
    baseline: { state: "priced", picoUsd: 1n },
    savings: [],
    attempts: [attempt()],
    journal: [],
    configGeneration: 1,
    priceVersion: "p",
    ...changes,
  };
}

function savings(picoUsd: bigint): RequestRecord["savings"] {
  return [{ technique: "retry", picoUsd, method: "measured" }];
}

describe("the registry", () => {
  it("shows every metric of the table once, with help and type, in the text format", () => {
    const registry = createMetricsRegistry();
    registry.observe(record({ savings: [{ technique: "exact-cache", picoUsd: 5n, method: "measured" }] }));
    registry.rejected("invalid_json");
    registry.alarmed("unpriced-model");
    const text = registry.render(scraped);
    for (const name of Object.keys(metrics)) expect(text.split(`# TYPE ${name} `)).toHaveLength(2);
    const line =
      /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="(?:[^"\\\n]|\\[\\"n])*"(?:,\w+="(?:[^"\\\n]|\\[\\"n])*")*\})? [0-9.e+-]+)$/;
    for (const one of text.trimEnd().split("\n")) expect(one).toMatch(line);
    expect(text.endsWith("\n")).toBe(true);
  });

  it("adds money exactly, and gains apart from losses", () => {
    const registry = createMetricsRegistry();
    registry.observe(record({ savings: savings(3n) }));
    registry.observe(record({ savings: savings(-2_000_000_000_001n) }));
    const text = registry.render(scraped);
    expect(text).toContain('farthing_cost_usd_total{provider="openai",model="gpt-4o"} 2.469135780246\n');
    expect(text).toContain('farthing_savings_usd_total{technique="retry"} 0.000000000003\n');
    expect(text).toContain('farthing_savings_loss_usd_total{technique="retry"} 2.000000000001\n');
    expect(text).toContain('farthing_tokens_total{provider="openai",model="gpt-4o",class="input"} 200\n');
  });

  it("gives names without a price no series of their own, and counts them as unpriced", () => {
    const registry = createMetricsRegistry();
    const cost = { state: "unpriced", picoUsd: null } as const;
    for (let index = 0; index < 50; index++) {
      const model = `made-up-${index}"\n`;
      registry.observe(record({ requestedModel: model, cost, baseline: cost, attempts: [attempt({ model, cost })] }));
    }
    const text = registry.render(scraped);
    expect(text).not.toContain("made-up");
    expect(text).toContain('model="other",status_class="2xx",cache="miss"} 50\n');
    expect(text).toContain('farthing_unpriced_requests_total{provider="openai"} 50\n');
  });

  it("stops at the cap of values for a label and says how often", () => {
    const registry = createMetricsRegistry(3);
    for (let index = 0; index < 10; index++) {
      registry.observe(record({ requestedModel: `m${index}`, attempts: [attempt({ model: `m${index}` })] }));
    }
    const text = registry.render(scraped);
    expect(new Set([...text.matchAll(/model="(\w+)"/g)].map((match) => match[1]))).toEqual(
      new Set(["m0", "m1", "m2", "other"]),
    );
    expect(text).toContain("farthing_metric_label_overflows_total 14\n");
  });

  it("counts lookups by the kind of key that found the answer, or would have", () => {
    const registry = createMetricsRegistry();
    registry.observe(record({ cache: "hit", origin: "exact", attempts: [] }));
    registry.observe(record({ cache: "hit", origin: "normalised", attempts: [] }));
    registry.observe(record({ cache: "miss", dialect: "openai-embeddings" }));
    const text = registry.render(scraped);
    expect([...text.matchAll(/^farthing_cache_lookups_total(\{.*\} \d+)$/gm)].map(([, line]) => line)).toEqual([
      '{tier="exact",result="hit"} 1',
      '{tier="normalised",result="hit"} 1',
      '{tier="embedding",result="miss"} 1',
    ]);
  });

  it("counts lookups, durations and process values", () => {
    const registry = createMetricsRegistry();
    registry.observe(record({ cache: "hit", attempts: [], durationUs: 500 }));
    registry.observe(record({ cache: "coalesced", attempts: [], durationUs: 700_000_000, timeToFirstByteUs: null }));
    registry.observe(record({ cache: "off" }));
    const text = registry.render(scraped);
    expect(text).toContain('farthing_cache_lookups_total{tier="exact",result="hit"} 1\n');
    expect(text).toContain('farthing_cache_lookups_total{tier="coalesce",result="hit"} 1\n');
    expect(text).not.toContain('result="off"');
    expect(text).toContain('farthing_request_duration_seconds_bucket{dialect="openai-chat",le="0.001"} 1\n');
    expect(text).toContain('farthing_request_duration_seconds_bucket{dialect="openai-chat",le="600"} 2\n');
    expect(text).toContain('farthing_request_duration_seconds_bucket{dialect="openai-chat",le="+Inf"} 3\n');
    expect(text).toContain('farthing_time_to_first_token_seconds_count{dialect="openai-chat"} 2\n');
    expect(text).toContain("farthing_ledger_queue_rows 3\n");
    expect(text).toContain("farthing_in_flight_requests 6\n");
  });
});
