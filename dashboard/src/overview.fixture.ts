import type { Overview } from "../../src/spec/admin-api.ts";

/** An hour in which nothing happened. */
export const emptyOverview: Overview = {
  fromMs: 0,
  toMs: 3_600_000,
  zone: "UTC",
  requests: 0,
  costPicoUsd: "0",
  baselinePicoUsd: "0",
  savedByTechnique: [],
  savedPicoUsd: "0",
  unpriced: 0,
  estimated: 0,
  cacheHits: 0,
  cacheLookups: 0,
  errors: 0,
  points: [],
  pointMs: 300_000,
  byFeature: [],
  byModel: [],
  byUser: [],
  byUserFromMs: 0,
  savedThisWeekPicoUsd: "0",
  rowsSpooled: 0,
  rowsDropped: 0,
  rowsParked: 0,
};
