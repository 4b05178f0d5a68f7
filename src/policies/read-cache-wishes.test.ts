import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CacheControl, noCacheWishes } from "../spec/cache-control.ts";
import type { JsonValue } from "../spec/json.ts";
import { cacheMemberOf } from "./read-cache-member.ts";
import { cacheWishHeaders, readCacheWishes } from "./read-cache-wishes.ts";

const fresh = { ...noCacheWishes, lookUp: false };
const nothing = { ...noCacheWishes, lookUp: false, store: false };

function wished(changes: Partial<CacheControl>): CacheControl {
  return { ...noCacheWishes, ...changes };
}

describe("headers", () => {
  it.each<[string, string, CacheControl]>([
    ["cache-control", "no-store", nothing],
    ["cache-control", "No-Cache", fresh],
    ["cache-control", "no-cache, no-store", nothing],
    ["cache-control", "max-age=0", wished({ maxAgeMs: 0 })],
    ["cache-control", 'max-age="30" , min-fresh=5', wished({ maxAgeMs: 30_000, minFreshMs: 5_000 })],
    ["cache-control", "max-age=60, max-age=30", wished({ maxAgeMs: 30_000 })],
    ["cache-control", "min-fresh=5, min-fresh=50", wished({ minFreshMs: 50_000 })],
    ["cache-control", `max-age=${"9".repeat(30)}`, wished({ maxAgeMs: 2_147_483_648_000 })],
    ["cache-control", "max-stale=100, only-if-cached, no-transform, x-no-store", noCacheWishes],
    ["cache-control", 'community="no-store"', noCacheWishes],
    // A time that cannot be read.
    ["cache-control", "max-age=soon", fresh],
    ["cache-control", "max-age", fresh],
    ["cache-control", "min-fresh=-1", fresh],
    ["cf-aig-skip-cache", "true", fresh],
    ["cf-aig-skip-cache", "yes", fresh],
    ["cf-aig-skip-cache", "False", noCacheWishes],
    ["cf-aig-cache-ttl", "3600", wished({ ttlMsMax: 3_600_000 })],
    ["cf-aig-cache-ttl", "1h", nothing],
    ["cf-aig-cache-key", "k", wished({ namespace: 'cf-aig-cache-key="k"' })],
    ["cf-aig-cache-key", "", noCacheWishes],
    ["helicone-cache-enabled", "true", noCacheWishes],
    ["helicone-cache-enabled", "false", nothing],
    ["helicone-cache-seed", "s", wished({ namespace: 'helicone-cache-seed="s"' })],
    ["helicone-cache-bucket-max-size", "1", noCacheWishes],
    ["helicone-cache-bucket-max-size", "3", nothing],
    ["x-portkey-cache", "simple", noCacheWishes],
    ["x-portkey-cache", "off", nothing],
    ["x-portkey-cache-force-refresh", "TRUE", fresh],
    ["x-portkey-cache-force-refresh", "false", noCacheWishes],
    ["x-portkey-cache-namespace", "n", wished({ namespace: 'x-portkey-cache-namespace="n"' })],
  ])("%s: %s", (name, value, expected) => {
    expect(readCacheWishes([name, value], undefined)).toEqual(expected);
  });

  it("say nothing at no cost", () => {
    expect(readCacheWishes(null, undefined)).toBe(noCacheWishes);
    expect(readCacheWishes([], undefined)).toBe(noCacheWishes);
  });
});

describe("LiteLLM's member of the body", () => {
  it.each<[JsonValue, CacheControl]>([
    [{ "no-cache": true }, nothing],
    [{ "no-store": true }, nothing],
    [{ "no-store": false, "no-cache": null }, noCacheWishes],
    [{ "use-cache": true }, noCacheWishes],
    [{ "use-cache": false }, nothing],
    [{ ttl: 300 }, wished({ ttlMsMax: 300_000 })],
    [{ ttl: "300", "s-maxage": 60 }, wished({ ttlMsMax: 300_000, maxAgeMs: 60_000 })],
    [{ "s-max-age": 60 }, wished({ maxAgeMs: 60_000 })],
    [{ ttl: 1.5 }, nothing],
    [{ ttl: -1 }, nothing],
    [{ ttl: [1] }, nothing],
    [{ namespace: "n" }, wished({ namespace: 'cache="n"' })],
    [{ namespace: { a: 1 } }, wished({ namespace: 'cache={"a":1}' })],
    // Somebody else's member of this name.
    [{ type: "exact_match", ttl: 60 }, noCacheWishes],
    [true, noCacheWishes],
    ["no-store", noCacheWishes],
    [["no-store"], noCacheWishes],
  ])("%j", (member, expected) => {
    expect(readCacheWishes(null, member)).toEqual(expected);
  });

  it("is known by its members", () => {
    expect(cacheMemberOf({ ttl: 1 })).toEqual({ ttl: 1 });
    expect(cacheMemberOf({})).toEqual({});
    expect(cacheMemberOf({ ttl: 1, mode: "simple" })).toBeNull();
    expect(cacheMemberOf(null)).toBeNull();
    expect(cacheMemberOf(undefined)).toBeNull();
  });
});

describe("several wishes", () => {
  const header = fc.tuple(
    fc.constantFrom(...cacheWishHeaders),
    fc.oneof(
      fc.constantFrom("no-store", "no-cache", "true", "false", "1", "max-age=5, min-fresh=9", "60", "simple", ""),
      fc.string({ maxLength: 40 }),
    ),
  );
  const wishes = fc.array(header, { maxLength: 6 });

  it("only ever tighten", () => {
    fc.assert(
      fc.property(wishes, wishes, (some, more) => {
        const before = readCacheWishes(some.flat(), undefined);
        const after = readCacheWishes([...some, ...more].flat(), undefined);
        expect(before.lookUp || !after.lookUp).toBe(true);
        expect(before.store || !after.store).toBe(true);
        // What is not stored is not given either.
        expect(after.store || !after.lookUp).toBe(true);
        expect(after.maxAgeMs ?? Infinity).toBeLessThanOrEqual(before.maxAgeMs ?? Infinity);
        expect(after.ttlMsMax ?? Infinity).toBeLessThanOrEqual(before.ttlMsMax ?? Infinity);
        expect(after.minFreshMs ?? 0).toBeGreaterThanOrEqual(before.minFreshMs ?? 0);
        expect((after.namespace ?? "").length).toBeLessThanOrEqual(128);
      }),
    );
  });

  it("are the same in any order", () => {
    fc.assert(
      fc.property(wishes, (some) => {
        expect(readCacheWishes(some.toReversed().flat(), undefined)).toEqual(readCacheWishes(some.flat(), undefined));
      }),
    );
  });

  it("make one namespace that no other namespaces make", () => {
    const two = ["cf-aig-cache-key", "a", "helicone-cache-seed", "b"];
    const one = ["cf-aig-cache-key", 'a" helicone-cache-seed="b'];
    expect(readCacheWishes(two, undefined).namespace).not.toBe(readCacheWishes(one, undefined).namespace);
    expect(readCacheWishes(["cf-aig-cache-key", "a"], undefined)).not.toEqual(
      readCacheWishes(["helicone-cache-seed", "a"], undefined),
    );
    // Cut off, it would be another's.
    expect(readCacheWishes(["cf-aig-cache-key", "k".repeat(200)], undefined)).toEqual(nothing);
  });
});
