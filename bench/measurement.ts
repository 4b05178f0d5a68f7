import { execFileSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** A bar that a result must hold. */
export interface Bar {
  readonly op: "<=" | ">=" | "==";
  readonly value: number;
}

/** One figure of a benchmark. `interval` is 95 %, or min-max over rounds for timings; null where it has no meaning. */
export interface Result {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: string;
  readonly n: number;
  readonly interval: readonly [number, number] | null;
  readonly bar: Bar | null;
}

/** The one shape in which every benchmark answers. */
export interface Measurement {
  readonly command: string;
  readonly seed: number;
  readonly load: Readonly<Record<string, unknown>>;
  readonly results: readonly Result[];
}

/** Flags that every benchmark knows. */
export interface MeasurementFlags {
  readonly json: boolean;
  readonly check: boolean;
  readonly quick: boolean;
  readonly seed: number;
}

/** Reads the shared flags; anything unknown ends the process with code 2. */
export function readFlags(arguments_: readonly string[]): MeasurementFlags {
  const flags = { json: false, check: false, quick: false, seed: 1 };
  for (let index = 0; index < arguments_.length; index += 1) {
    const name = arguments_[index];
    if (name === "--json" || name === "--check" || name === "--quick") flags[name.slice(2) as "json"] = true;
    else if (name === "--seed" && /^\d+$/.test(arguments_[index + 1] ?? "")) flags.seed = Number(arguments_[++index]);
    else {
      process.stderr.write(`unknown flag ${String(name)}; known: --json --check --quick --seed N\n`);
      process.exit(2);
    }
  }
  return flags;
}

/** True when the figure keeps its bar; a figure without a bar keeps it. */
export function holds(result: Result): boolean {
  if (result.bar === null) return true;
  if (result.bar.op === "<=") return result.value <= result.bar.value;
  if (result.bar.op === ">=") return result.value >= result.bar.value;
  return result.value === result.bar.value;
}

/** Commit of the checkout, marked when it has changes; `unknown` outside one. */
export function commitOf(): string {
  try {
    return git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+changes");
  } catch {
    return "unknown";
  }
}

function git(...words: readonly string[]): string {
  return execFileSync("git", words, { encoding: "utf8", stdio: "pipe" }).trim();
}

/** Prints the measurement as a table or as JSON, and sets the exit code for `--check`. */
export function printMeasurement(measurement: Measurement, flags: MeasurementFlags): void {
  const machine = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
  const results = measurement.results.map((result) => ({ ...result, holds: holds(result) }));
  const commit = commitOf();
  if (flags.json) {
    process.stdout.write(`${JSON.stringify({ ...measurement, commit, machine, results })}\n`);
  } else {
    process.stdout.write(`${measurement.command}  commit ${commit}  seed ${measurement.seed}\n`);
    process.stdout.write(`${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}\n\n`);
    for (const result of results) process.stdout.write(`${resultLine(result)}\n`);
  }
  const missed = results
    .filter((result) => !result.holds)
    .map((result) => [result.name, ...Object.values(result.labels)].join(" "));
  if (missed.length > 0) process.stderr.write(`missed: ${missed.join(", ")}\n`);
  if (flags.check && missed.length > 0) process.exitCode = 1;
}

function resultLine(result: Result): string {
  const name = [result.name, ...Object.values(result.labels)].join("  ");
  const range = result.interval === null ? "" : `(${round(result.interval[0])}-${round(result.interval[1])})`;
  const bar =
    result.bar === null ? "" : `bar ${result.bar.op} ${result.bar.value}: ${holds(result) ? "held" : "MISSED"}`;
  return `${name.padEnd(52)} ${round(result.value).padStart(10)} ${result.unit.padEnd(12)} ${`n ${result.n}`.padEnd(9)} ${range.padEnd(18)} ${bar}`.trimEnd();
}

function round(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

/** Middle value; of an even number the lower one. NaN for none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? Number.NaN;
}

/** Smallest and largest value. */
export function spread(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** The value below which the share `q` (0 to 1) of the values lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}
