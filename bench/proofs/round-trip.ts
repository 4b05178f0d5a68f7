import type { Result } from "../measurement.ts";
import { translatedDialects } from "../../src/spec/request.ts";
import { lossBetween } from "../../src/providers/translation/test-round-trip.ts";
import { counted, type ProofOptions } from "./proof.ts";

/** Requests that go to another dialect and back lose nothing of what both say: for every ordered pair. */
export function proveRoundTrip({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const runs = quick ? 50 : 10_000;
  const results: Result[] = [];
  for (const caller of translatedDialects) {
    for (const provider of translatedDialects) {
      if (caller === provider) continue;
      const loss = lossBetween(caller, provider, runs, seed);
      if (loss !== null) process.stderr.write(`${caller} > ${provider}: ${loss}\n`);
      const labels = { caller, provider };
      results.push(counted("round-trips-with-loss", loss === null ? 0 : 1, runs, { op: "<=", value: 0 }, "", labels));
    }
  }
  return Promise.resolve(results);
}
