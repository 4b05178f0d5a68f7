import { expect, test } from "vitest";
import { backfill, generateBackfill } from "./backfill.ts";
import { generateWorkload } from "./generate-workload.ts";
import { drawResolved } from "./sessions.ts";

const rows = generateWorkload({ seed: 1, requests: 1_200, repeats: true });

test("the support team works in conversations of one to four calls, each with one key; nobody else does", () => {
  for (const row of rows) expect(row.session !== null).toBe(row.team === "support");
  const sessions = Map.groupBy(
    rows.filter((row) => row.session !== null),
    (row) => row.session,
  );
  const sizes = [...sessions.values()].map((calls) => calls.length);
  expect(new Set(sizes)).toEqual(new Set([1, 2, 3, 4]));
  for (const calls of sessions.values()) expect(new Set(calls.map((row) => row.tenant + row.dialect)).size).toBe(1);
});

test("some 70 % of the conversations end with a resolved ticket, the same ones for the same seed", () => {
  const all = new Set(rows.map((row) => row.session));
  const tickets = drawResolved(1, rows);
  expect(tickets.length / (all.size - 1)).toBeGreaterThan(0.6);
  expect(tickets.length / (all.size - 1)).toBeLessThan(0.8);
  expect(new Set(tickets.map(({ session }) => session)).size).toBe(tickets.length);
  expect(drawResolved(1, rows)).toEqual(tickets);
  expect(drawResolved(2, rows)).not.toEqual(tickets);
});

test("the job that runs away asks something new each time, of a model that nothing else asks for", () => {
  const job = generateBackfill(1);
  expect(job).toHaveLength(backfill.calls);
  expect(new Set(job.map(({ body }) => JSON.stringify(body))).size).toBe(backfill.calls);
  expect(generateBackfill(1)).toEqual(job);
  expect(generateBackfill(2)).not.toEqual(job);
  expect(job.every(({ body }) => body.model === backfill.model)).toBe(true);
  expect(rows.filter(({ body }) => body.model === backfill.model)).toEqual([]);
  expect(rows.filter(({ id }) => job.some((row) => row.id === id))).toEqual([]);
});
