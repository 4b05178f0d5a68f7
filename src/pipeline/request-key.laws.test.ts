import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../kit/canonical-json.ts";
import { noCacheWishes } from "../spec/cache-control.ts";
import type { Scope } from "../spec/caller.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";
import {
  createStageContext,
  stageCache,
  stageCaller,
  stageRoute,
  type StageContextOptions,
} from "../testing/stage-context.ts";
import { answerKeyTexts } from "./request-key.ts";
import { keyMistakes } from "./test-key-mistakes.ts";
import { base, body, changed, keyOf } from "./test-keyed-body.ts";

describe("a body that differs anywhere", () => {
  const values = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
  const places = placesIn(body);

  it("has another key", () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), values, (place, value) => {
        const other = structuredClone(body);
        const holder = place.slice(0, -1).reduce<JsonValue>((at, name) => (at as JsonObject)[name] ?? null, other);
        const name = place.at(-1) ?? "";
        fc.pre(canonicalJson((holder as JsonObject)[name] ?? null, new Set()) !== canonicalJson(value, new Set()));
        (holder as JsonObject)[name] = value;
        const key = keyOf({ body: other });
        fc.pre(key !== null);
        expect(key).not.toBe(base);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("without any of its members too", () => {
    for (const place of places) {
      const other = structuredClone(body);
      const holder = place.slice(0, -1).reduce<JsonValue>((at, name) => (at as JsonObject)[name] ?? null, other);
      if (Array.isArray(holder)) holder.splice(Number(place.at(-1)), 1);
      else delete (holder as JsonObject)[place.at(-1) ?? ""];
      expect(keyOf({ body: other })).not.toBe(base);
    }
  });
});

/** Paths to every value in a body. */
function placesIn(value: JsonValue, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([name, inner]) => placesIn(inner as JsonValue, [...path, name]));
  return path.length === 0 ? below : [path, ...below];
}

describe("a key that forgot", () => {
  /** For each mistake a request that differs from the base there only. */
  const pairs: Readonly<Record<string, StageContextOptions>> = {
    tenant: { body, changes: { caller: stageCaller({ scope: "tenant-2" as Scope }) } },
    isolation: {
      body,
      changes: { route: stageRoute({ exactCache: stageCache({ isolation: "credential" }) }) },
    },
    model: changed("model", "model-b"),
    tools: changed("tools"),
    "system text": changed("messages", (body["messages"] as JsonValue[]).slice(1)),
    "response format": changed("response_format"),
    temperature: changed("temperature", 0.5),
    "prompt version": { body, changes: { caller: stageCaller({ claims: { tags: [], prompt: "p@2" } }) } },
    "earlier turns": changed("messages", [
      { role: "assistant", content: "Yes." },
      ...(body["messages"] as JsonValue[]),
    ]),
    "length of the answer": changed("max_tokens", 5),
    headers: { body, changes: { headers: ["anthropic-beta", "context-1m"] } },
    query: { body, changes: { query: "?api-version=2" } },
    namespace: { body, changes: { cacheControl: { ...noCacheWishes, namespace: "n" } } },
    route: { body, changes: { route: stageRoute({ name: "other" }) } },
  };

  it.each(keyMistakes.map((mistake) => [mistake.name, mistake] as const))("%s is caught", (name, { forget }) => {
    const one = createStageContext({ body });
    const other = createStageContext(pairs[name] ?? {});
    expect(answerKeyTexts(other)?.exact).not.toBe(answerKeyTexts(one)?.exact);
    expect(answerKeyTexts(forget(other))?.exact).toBe(answerKeyTexts(forget(one))?.exact);
  });
});
