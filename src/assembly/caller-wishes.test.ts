import { describe, expect, it } from "vitest";
import { noCacheWishes } from "../spec/cache-control.ts";
import type { JsonObject } from "../spec/json.ts";
import type { ModelRequest } from "../spec/request.ts";
import { plainRequest } from "../testing/plain-dialect.ts";
import { takeWishes } from "./caller-wishes.ts";

function requestOf(rest: JsonObject): ModelRequest {
  return plainRequest(rest, 10);
}

describe("takeWishes", () => {
  it("takes LiteLLM's member out of the request and of what goes upstream", () => {
    const request = requestOf({ model: "m", cache: { ttl: 60 } });
    const taken = takeWishes(["cf-aig-skip-cache", "true"], request);
    expect(taken.request.rest).toEqual({ model: "m" });
    expect(taken.leaveOut).toEqual(["cache"]);
    expect(taken.cacheControl).toEqual({ ...noCacheWishes, lookUp: false, ttlMsMax: 60_000 });
    expect(request.rest["cache"]).toEqual({ ttl: 60 });
  });

  it("leaves a vendor's own member where it is", () => {
    const request = requestOf({ model: "m", cache: { type: "exact_match" } });
    expect(takeWishes(null, request)).toEqual({ request, cacheControl: noCacheWishes });
  });

  it("looks into no body of a resource call", () => {
    const resource = { name: "files", method: "POST", path: "/v1/files", billed: false, stateful: true };
    const request = { ...requestOf({ cache: { "no-store": true } }), resource };
    expect(takeWishes(null, request)).toEqual({ request, cacheControl: noCacheWishes });
  });
});
