import { describe, expect, it } from "vitest";
import { translatedDialects } from "../../spec/request.ts";
import { lossBetween } from "./test-round-trip.ts";

// Short: `npm run prove -- round-trip` runs 10,000 a pair.
const runs = 100;
const seed = Number(process.env["FARTHING_SEED"] ?? 1);

describe.each(translatedDialects)("a request of %s", (caller) => {
  it.each(translatedDialects.filter((name) => name !== caller))("comes back whole from %s", (provider) => {
    expect(lossBetween(caller, provider, runs, seed)).toBeNull();
  });
});
