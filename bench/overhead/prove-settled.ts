import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Result } from "../measurement.ts";
import type { Subject } from "./subjects.ts";

/**
 * Proof that the figures are of whole work: every request sent was looked up in the cache, settled and priced, by the
 * subject's own metrics and, where it keeps one, by its ledger.
 */
export async function proveSettled(subject: Subject, sent: number): Promise<readonly Result[]> {
  if (subject.proof === null) return [];
  const text = await readMetrics(subject.name, subject.proof.adminPort, subject.proof.adminToken);
  const labels = { subject: subject.name };
  const proof = (name: string, value: number): Result => {
    return { name, labels, value, unit: "requests", n: sent, interval: null, bar: { op: "==", value: sent } };
  };
  const settled = proof("proof-settled", sumOf(text, "farthing_ledger_written_total"));
  if (!subject.proof.countsRequests) return [settled];
  const counted = sumOf(text, "farthing_requests_total");
  const results = [
    settled,
    proof("proof-counted", counted),
    proof("proof-looked-up", sumOf(text, "farthing_cache_lookups_total")),
    proof("proof-priced", counted - sumOf(text, "farthing_unpriced_requests_total")),
  ];
  if (subject.proof.ledgerDirectory === null) return results;
  return [...results, proof("proof-ledger-rows", await ledgerRows(subject.proof.ledgerDirectory, sent))];
}

async function readMetrics(name: string, port: number, token: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${name}: /metrics answered ${response.status}`);
  return response.text();
}

function sumOf(text: string, metric: string): number {
  const lines = text.split("\n").filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

/** Rows on disk; waits a little for the last batch of a relaxed ledger. */
async function ledgerRows(directory: string, wanted: number): Promise<number> {
  const database = new DatabaseSync(join(directory, "ledger.sqlite"), { readOnly: true });
  const count = (): number => Number(database.prepare("SELECT count(*) AS n FROM requests").get()?.["n"] ?? 0);
  for (let wait = 0; wait < 50 && count() < wanted; wait += 1) await new Promise((resolve) => setTimeout(resolve, 100));
  const rows = count();
  database.close();
  return rows;
}
