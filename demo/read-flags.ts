import { parseArgs } from "node:util";

/** What the command line decides. */
export interface DemoFlags {
  /** End after the table; otherwise the gateway stays up. */
  readonly once: boolean;
  readonly json: boolean;
  readonly seed: number;
  readonly requests: number;
  readonly repeats: boolean;
  readonly concurrency: number;
  /** Pairs of calls that the added latency is measured with; 0 leaves the measurement out. */
  readonly latencyPairs: number;
  /** Directory of config, ledger and invoice log; null: a new one under `.farthing/demo`. */
  readonly dataDirectory: string | null;
}

/** A command line that cannot be used; the message says what was expected. */
export class UsageError extends Error {}

/** Shown for `--help`. */
export const usageText: string = `npm start -- [options]

Replays a workload through a gateway in front of a fake provider and prints the bill.

  --once             end after the table (otherwise the gateway stays up for your own client)
  --seed N           texts and order of the workload; default 1
  --requests N       size of the workload, 1,000 to 20,000; default 1,200
  --no-repeats       no request is repeated word for word: the exact cache must then save nothing
  --concurrency N    requests in flight, 1 to 64; default 12
  --latency-pairs N  pairs of calls that measure the added latency, 0 to 2,000; default 250
  --data DIR         directory for config, ledger and invoice log; must be new or empty
  --json             one JSON document on stdout instead of the table
  --help             this text
`;

/**
 * Reads the command line; null for `--help`.
 * @throws UsageError for unknown flags and numbers out of range.
 */
export function readFlags(words: readonly string[]): DemoFlags | null {
  const values = parse(words);
  if (values.help) return null;
  return {
    once: values.once || values.json,
    json: values.json,
    seed: wholeNumber("seed", values.seed, 0, 4_294_967_295),
    requests: wholeNumber("requests", values.requests, 1_000, 20_000),
    repeats: !values["no-repeats"],
    concurrency: wholeNumber("concurrency", values.concurrency, 1, 64),
    latencyPairs: wholeNumber("latency-pairs", values["latency-pairs"], 0, 2_000),
    dataDirectory: values.data ?? null,
  };
}

interface RawFlags {
  readonly once: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly "no-repeats": boolean;
  readonly seed: string;
  readonly requests: string;
  readonly concurrency: string;
  readonly "latency-pairs": string;
  readonly data?: string | undefined;
}

function parse(words: readonly string[]): RawFlags {
  try {
    return parseArgs({
      args: [...words],
      options: {
        once: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false, short: "h" },
        // Understood by the entry script, which starts the demo even where provider keys are set.
        demo: { type: "boolean", default: false },
        "no-repeats": { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        requests: { type: "string", default: "1200" },
        concurrency: { type: "string", default: "12" },
        "latency-pairs": { type: "string", default: "250" },
        data: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text.replaceAll(",", ""));
  if (!/^[\d,]+$/.test(text) || value < min || value > max) {
    throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not ${text}`);
  }
  return value;
}
