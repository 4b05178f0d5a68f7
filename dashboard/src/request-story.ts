import type { StoredRequest } from "./admin-client.ts";
import { clockfaceOf, formatCount, formatLatency } from "./figures.ts";
import { formatExact, formatSigned, formatUsd, parsePico } from "./money.ts";

/** A label and its text. */
export interface Fact {
  readonly label: string;
  readonly text: string;
}

/** One call to a provider. */
export interface AttemptStory {
  readonly provider: string;
  readonly model: string;
  readonly outcome: string;
  readonly status: string;
  readonly tokens: string;
  readonly cost: string;
  readonly duration: string;
}

/** What one stage decided, and why. */
export interface JournalStory {
  readonly stage: string;
  readonly decision: string;
  readonly reason: string;
  readonly note: string;
  readonly money: string;
}

/** A stored request in words: all texts, none of them markup. */
export interface RequestStory {
  readonly id: string;
  readonly arrived: string;
  readonly facts: readonly Fact[];
  readonly money: readonly Fact[];
  readonly attempts: readonly AttemptStory[];
  readonly journal: readonly JournalStory[];
}

/** Tells a stored request. Fields that are missing or of another shape become a dash: an older Farthing may have written it. */
export function tellRequest(record: StoredRequest, zone: string): RequestStory {
  const arrivedAtMs = record["arrivedAtMs"];
  return {
    id: textOf(record["requestId"]),
    arrived: typeof arrivedAtMs === "number" ? clockfaceOf(zone).full(arrivedAtMs) : "-",
    facts: factsOf(record),
    money: moneyOf(record),
    attempts: listOf(record["attempts"]).map(attemptOf),
    journal: listOf(record["journal"]).map(journalOf),
  };
}

function factsOf(record: StoredRequest): Fact[] {
  const stream = record["stream"] === true ? "streamed" : "whole";
  const firstByte = record["timeToFirstByteUs"];
  const first = typeof firstByte === "number" ? `, first byte after ${formatLatency(firstByte)}` : "";
  const claims = Object.entries(fieldsOf(record["claims"])).flatMap(([name, value]) => claimOf(name, value));
  return [
    { label: "Asked for", text: `${textOf(record["requestedModel"])}, ${stream}, ${textOf(record["dialect"])}` },
    { label: "Ended", text: `${textOf(record["outcome"])}, status ${textOf(record["status"])}` },
    { label: "Took", text: `${latencyOf(record["durationUs"])}${first}` },
    { label: "Cache", text: textOf(record["cache"]) },
    { label: "Route", text: `${textOf(record["route"])}, key ${textOf(record["keyId"])}` },
    ...claims,
  ];
}

function claimOf(name: string, value: unknown): Fact[] {
  const text = Array.isArray(value) ? value.filter((tag) => typeof tag === "string").join(", ") : value;
  const label = name.charAt(0).toUpperCase() + name.slice(1);
  return typeof text === "string" && text !== "" ? [{ label, text }] : [];
}

function moneyOf(record: StoredRequest): Fact[] {
  const savings = listOf(record["savings"]).map((saving) => ({
    label: `Saved by ${textOf(saving["technique"])}`,
    text: `${signedOf(saving["picoUsd"])} (${textOf(saving["method"])})`,
  }));
  return [
    { label: "As asked", text: costOf(record["baseline"], formatExact) },
    ...savings,
    { label: "Cost", text: costOf(record["cost"], formatExact) },
  ];
}

function attemptOf(attempt: StoredRequest): AttemptStory {
  return {
    provider: textOf(attempt["endpointId"]),
    model: textOf(attempt["servedModel"] ?? attempt["model"]),
    outcome: textOf(attempt["outcome"]),
    status: textOf(attempt["status"]),
    tokens: tokensOf(fieldsOf(attempt["usage"])),
    cost: costOf(attempt["cost"], formatUsd),
    duration: latencyOf(attempt["durationUs"]),
  };
}

function journalOf(entry: StoredRequest): JournalStory {
  const pico = picoOf(entry["picoUsd"]);
  return {
    stage: textOf(entry["stage"]),
    decision: textOf(entry["decision"]),
    reason: textOf(entry["reason"]),
    note: typeof entry["note"] === "string" ? entry["note"] : "",
    money: pico === null ? "" : formatUsd(pico),
  };
}

/** An unknown cost is called so; `priced` is what one expects and is not said. */
function costOf(cost: unknown, format: (pico: bigint) => string): string {
  const { state, picoUsd } = fieldsOf(cost);
  const pico = picoOf(picoUsd);
  if (pico === null) return "unpriced";
  return format(pico) + (state === "priced" || state === "free" ? "" : ` (${textOf(state)})`);
}

function signedOf(value: unknown): string {
  const pico = picoOf(value);
  return pico === null ? "-" : formatSigned(pico);
}

function picoOf(value: unknown): bigint | null {
  return typeof value === "string" && /^-?\d{1,40}$/.test(value) ? parsePico(value) : null;
}

/** `cacheRead` of the ledger is `cache read` for a person. */
function tokensOf(usage: StoredRequest): string {
  const parts = Object.entries(fieldsOf(usage["tokens"])).flatMap(([name, count]) =>
    typeof count === "number" && count !== 0
      ? [`${formatCount(count)} ${name.replace(/(?<=[a-z])(?=[A-Z0-9])/g, " ").toLowerCase()}`]
      : [],
  );
  const source = usage["source"] === "provider" ? "" : ` (${textOf(usage["source"])})`;
  return `${parts.join(", ") || "none"}${source}`;
}

function latencyOf(durationUs: unknown): string {
  return typeof durationUs === "number" ? formatLatency(durationUs) : "-";
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "-";
}

function fieldsOf(value: unknown): StoredRequest {
  return typeof value === "object" && value !== null ? (value as StoredRequest) : {};
}

function listOf(value: unknown): readonly StoredRequest[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
