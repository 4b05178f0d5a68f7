import { formatUsd } from "../money/format-usd.ts";
import type { StoredRequest } from "../spec/ledger.ts";
import { cleanCell, type Column, renderTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** Any part of a stored record; fields are read one by one, since an older Farthing may have written it. */
type Fields = Readonly<Record<string, unknown>>;

const left = (heading: string): Column => ({ heading, align: "left" });
const right = (heading: string): Column => ({ heading, align: "right" });

/** A request for a person: what it was, its money, its calls, and each stage's decision. */
export function describeRequest(record: StoredRequest, terminal: Terminal): string[] {
  const heading = (text: string): string => terminal.paint("out", "bold", text);
  const cost = fieldsOf(record["cost"]);
  const baseline = fieldsOf(record["baseline"]);
  const arrived = new Date(Number(record["arrivedAtMs"] ?? 0)).toISOString().replace("T", " ").replace("Z", " UTC");
  const lines = [
    heading(`${textOf(record["requestId"])}  ${arrived}`),
    `asked      ${textOf(record["requestedModel"])} in ${textOf(record["dialect"])}, ${record["stream"] === true ? "streamed" : "whole"}`,
    `ended      ${textOf(record["outcome"])}, status ${textOf(record["status"])}, ${milliseconds(record["durationUs"])}, cache ${textOf(record["cache"])}`,
    `route      ${textOf(record["route"])}, key ${textOf(record["keyId"])}${claimsText(fieldsOf(record["claims"]))}`,
    `cost       ${amount(cost["picoUsd"], cost["state"])}; as asked ${amount(baseline["picoUsd"], baseline["state"])}`,
  ];
  for (const saving of listOf(record["savings"])) {
    const aloneOff = saving["aloneOffPicoUsd"] === undefined ? "" : `, alone off ${amount(saving["aloneOffPicoUsd"])}`;
    lines.push(
      `saved      ${amount(saving["picoUsd"])} by ${textOf(saving["technique"])} (${textOf(saving["method"])}${aloneOff})`,
    );
  }
  for (const correction of listOf(record["corrections"])) lines.push(`corrected  ${textOf(correction["kind"])}`);
  lines.push("", heading("calls to providers"), ...attemptLines(listOf(record["attempts"])));
  lines.push("", heading("decisions"), ...journalLines(listOf(record["journal"])));
  return lines;
}

function attemptLines(attempts: readonly Fields[]): string[] {
  if (attempts.length === 0) return ["none: the answer was already there, or the request never got that far"];
  const columns = [
    right("#"),
    left("provider"),
    left("model"),
    left("outcome"),
    right("status"),
    left("tokens"),
    right("cost"),
    right("time"),
    left("provider's ids"),
  ];
  const rows = attempts.map((attempt) => [
    textOf(attempt["index"]),
    textOf(attempt["endpointId"]),
    textOf(attempt["model"]),
    textOf(attempt["outcome"]),
    textOf(attempt["status"]),
    tokensText(fieldsOf(attempt["usage"])),
    amount(fieldsOf(attempt["cost"])["picoUsd"], fieldsOf(attempt["cost"])["state"]),
    milliseconds(attempt["durationUs"]),
    [attempt["providerRequestId"], attempt["providerResponseId"]]
      .filter(isText)
      .map((id) => cleanCell(id))
      .join(" "),
  ]);
  return renderTable(columns, rows);
}

function journalLines(journal: readonly Fields[]): string[] {
  const rows = journal.map((entry) => [
    textOf(entry["stage"]),
    textOf(entry["decision"]),
    textOf(entry["reason"]),
    entry["picoUsd"] === undefined || entry["picoUsd"] === null ? "" : amount(entry["picoUsd"]),
    textOf(entry["note"] ?? ""),
  ]);
  return renderTable([left("stage"), left("decision"), left("reason"), right("money"), left("note")], rows);
}

/** `priced` is what one expects, so it is not said. */
function amount(picoUsd: unknown, state: unknown = "priced"): string {
  if (!isText(picoUsd) || !/^-?\d+$/.test(picoUsd)) return "unpriced";
  return formatUsd(BigInt(picoUsd)) + (state === "priced" || state === "free" ? "" : ` (${textOf(state)})`);
}

function tokensText(usage: Fields): string {
  const counts = Object.entries(fieldsOf(usage["tokens"])).filter(([, count]) => count !== 0);
  const parts = counts.map(([name, count]) => `${textOf(count)} ${cleanCell(name)}`);
  const source = usage["source"] === "provider" ? "" : ` (${textOf(usage["source"])})`;
  return `${parts.join(", ") || "none"}${source}`;
}

function claimsText(claims: Fields): string {
  const parts = Object.entries(claims).flatMap(([name, value]) =>
    isText(value) ? [`${name} ${cleanCell(value)}`] : [],
  );
  return parts.length === 0 ? "" : `, ${parts.join(", ")}`;
}

function milliseconds(durationUs: unknown): string {
  return typeof durationUs === "number" ? `${(durationUs / 1000).toFixed(1)} ms` : "";
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? cleanCell(String(value)) : "-";
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
