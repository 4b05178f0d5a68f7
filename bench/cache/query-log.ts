import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TrafficLevel } from "./traffic-level.ts";

const file = "semantic-cache/bing-covid-queries/QueriesByCountry_2020-01.tsv";
const requestsMax = 33_000;

/**
 * A level of real queries in the order of their days, one row a request, from a folder that is not part of the project; null
 * where it is absent. The rows of a day are distinct, so what repeats repeats over days: the entries live for one.
 */
export function readQueryLog(folder: string): { readonly level: TrafficLevel; readonly requests: number } | null {
  const path = join(folder, file);
  if (!existsSync(path)) return null;
  const queries: string[] = [];
  for (const line of readFileSync(path, "utf8").split("\n").slice(1)) {
    const [, query, , country] = line.split("\t");
    if (country === "United States" && query !== undefined && queries.length < requestsMax) queries.push(query);
  }
  const level: TrafficLevel = {
    name: "query-log",
    model: "gpt-4o-mini",
    contentClass: "static",
    // A month's rows over a month.
    stepMs: Math.floor((31 * 86_400_000) / Math.max(1, queries.length)),
    turnsOff: false,
    start: () => {
      let at = 0;
      return () => ({ system: "Answer the query.", text: queries[at++ % queries.length] ?? "", answerTokens: 90 });
    },
  };
  return { level, requests: queries.length };
}
