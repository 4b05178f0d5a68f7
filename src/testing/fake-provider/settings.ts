import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { formNames, readScenario, type Behaviour } from "./behaviour.ts";
import { chaosKinds, type ChaosKind } from "./chaos.ts";
import type { ModelLengths } from "./model-lengths.ts";
import type { EngineLimits } from "./self-hosted/engine-limits.ts";

/** How quickly answers come: not paced at all, paced for tests, paced like a real model. */
export type LatencyProfile = "none" | "fast" | "realistic";

/** Everything that the command line decides. */
export interface FakeProviderSettings {
  /** Port on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  /** Seeds answers, ids and chaos. */
  readonly seed: number;
  /** File to append the log to; null: memory only. */
  readonly logFile: string | null;
  readonly latency: LatencyProfile;
  /** API key -> its steps; see {@link Behaviour}. */
  readonly scenarios: ReadonlyMap<string, readonly Behaviour[]>;
  /** Share of requests (0 to 1) that go wrong by chance of (seed, request number). */
  readonly chaos: number;
  readonly chaosKinds: readonly ChaosKind[];
  /** How the length of an answer depends on the model; null: not at all. */
  readonly lengths: ModelLengths | null;
  /** Whether the vendors' prompt caches are simulated. */
  readonly promptCache: boolean;
  /** Answer every call with the same bytes and keep no log. */
  readonly staticReplies: boolean;
  /** Milliseconds between the events of a static stream; 0 sends them in one go. */
  readonly staticPaceMs: number;
  /** Play an inference server of one's own (vLLM) with this model in the place of the vendors; null: the vendors. */
  readonly selfHosted: EngineLimits | null;
}

/** A scenario file: `{ "sk-test-1": ["error:429:retry-after=1", "ok"] }`. Throws with what to mend. */
export function readScenarios(text: string): Map<string, readonly Behaviour[]> {
  const document: unknown = JSON.parse(text);
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new Error("a scenario file is an object from API key to a list of steps");
  }
  const scenarios = new Map<string, readonly Behaviour[]>();
  for (const [key, steps] of Object.entries(document)) {
    const list: unknown = typeof steps === "string" ? [steps] : steps;
    const behaviours =
      Array.isArray(list) && list.every((step) => typeof step === "string") ? readScenario(list) : null;
    if (behaviours === null) throw new Error(`the steps of key ${JSON.stringify(key.slice(0, 12))}... are not known`);
    scenarios.set(key, behaviours);
  }
  return scenarios;
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= least && value <= most)) {
    throw new Error(`--${name} takes a number from ${least} to ${most}, not ${text}`);
  }
  return value;
}

function readLatency(text: string): LatencyProfile {
  if (text === "none" || text === "fast" || text === "realistic") return text;
  throw new Error(`--latency takes none, fast or realistic, not ${text}`);
}

function readChaosKinds(text: string | undefined): readonly ChaosKind[] {
  if (text === undefined) return chaosKinds;
  return text.split(",").map((name) => {
    const kind = chaosKinds.find((known) => known === name);
    if (kind === undefined) throw new Error(`--chaos-kinds takes ${chaosKinds.join(", ")}; not ${name}`);
    return kind;
  });
}

/** The help text of the command. */
export const usageText: string = `Usage: fake-provider [options]

A provider that answers like OpenAI, Anthropic and Gemini, costs nothing, and writes down what it would invoice.

  --port N             port on 127.0.0.1; 0 (default) takes any free one
  --seed N             seeds answers, ids and chaos; default 1
  --log FILE           append one JSON line when a request arrives and one when it ended
  --latency PROFILE    none, fast (default) or realistic
  --scenarios FILE     JSON: API key -> list of steps, one a request
  --chaos SHARE        share of requests that go wrong, 0 to 1; default 0
  --chaos-kinds LIST   which ways: ${chaosKinds.join(",")}
  --length-spread S    each model's answer to each question is longer or shorter by up to S, 0 to 0.9; default 0
  --length-bias S      small models' answers are longer by S, -0.9 to 9; default 0
  --no-prompt-cache    do not simulate the vendors' prompt caches
  --static             answer every call with the same bytes, keep no log (for benches)
  --static-pace-ms N   time between the events of a static stream; default 0
  --self-hosted MODEL  answer like a vLLM server with this one model, with /metrics
  --concurrency N      calls that it works on at once; default 8
  --queue-depth N      calls that may wait there; one more gets a 503; default 32
  --kv-cache-tokens N  tokens that its cache holds; default 65536

A step of a scenario may also ask for another form of the answer: ${formNames.join(", ")}.
`;

function readSelfHosted(
  values: Readonly<Record<"concurrency" | "queue-depth" | "kv-cache-tokens", string>>,
): Omit<EngineLimits, "model"> {
  return {
    concurrency: readNumber("concurrency", values.concurrency, 1, 100_000),
    queueDepth: readNumber("queue-depth", values["queue-depth"], 0, 100_000),
    kvCacheTokens: readNumber("kv-cache-tokens", values["kv-cache-tokens"], 16, 2 ** 40),
  };
}

function readLengths(spreadText: string, biasText: string): ModelLengths | null {
  const spread = readNumber("length-spread", spreadText, 0, 0.9);
  const bias = readNumber("length-bias", biasText, -0.9, 9);
  return spread === 0 && bias === 0 ? null : { spread, bias };
}

/** Reads the command line. Throws an Error whose message tells what to mend; null where help was asked for. */
export function readSettings(commandLine: readonly string[]): FakeProviderSettings | null {
  const { values } = parseArgs({
    args: [...commandLine],
    options: {
      port: { type: "string", default: "0" },
      seed: { type: "string", default: "1" },
      log: { type: "string" },
      latency: { type: "string", default: "fast" },
      scenarios: { type: "string" },
      chaos: { type: "string", default: "0" },
      "chaos-kinds": { type: "string" },
      "length-spread": { type: "string", default: "0" },
      "length-bias": { type: "string", default: "0" },
      "no-prompt-cache": { type: "boolean", default: false },
      static: { type: "boolean", default: false },
      "static-pace-ms": { type: "string", default: "0" },
      "self-hosted": { type: "string" },
      concurrency: { type: "string", default: "8" },
      "queue-depth": { type: "string", default: "32" },
      "kv-cache-tokens": { type: "string", default: "65536" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return null;
  return {
    port: readNumber("port", values.port, 0, 65_535),
    seed: readNumber("seed", values.seed, 0, 2 ** 32 - 1),
    logFile: values.log ?? null,
    latency: readLatency(values.latency),
    scenarios: values.scenarios === undefined ? new Map() : readScenarios(readFileSync(values.scenarios, "utf8")),
    chaos: readNumber("chaos", values.chaos, 0, 1),
    chaosKinds: readChaosKinds(values["chaos-kinds"]),
    lengths: readLengths(values["length-spread"], values["length-bias"]),
    promptCache: !values["no-prompt-cache"],
    staticReplies: values.static,
    staticPaceMs: readNumber("static-pace-ms", values["static-pace-ms"], 0, 60_000),
    selfHosted:
      values["self-hosted"] === undefined ? null : { model: values["self-hosted"], ...readSelfHosted(values) },
  };
}
