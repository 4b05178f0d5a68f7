import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { claimNames, type Claims } from "../spec/caller.ts";
import type { JsonObject } from "../spec/json.ts";
import { readClaims } from "./read-claims.ts";
import { readHead } from "./read-head.ts";

function claimsOf(headers: readonly string[], body: JsonObject = {}, pinned: Partial<Claims> = {}): Claims {
  return readClaims(readHead(headers), body, pinned);
}

function portkey(metadata: object): string[] {
  return ["x-portkey-metadata", JSON.stringify(metadata)];
}

describe("readClaims", () => {
  it("takes every claim from its header, in any spelling of the name", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...claimNames),
        fc.stringMatching(/^[\x21-\x7e]{1,128}$/),
        fc.boolean(),
        (name, value, upper) => {
          const header = `x-farthing-${name}`;
          expect(claimsOf([upper ? header.toUpperCase() : header, value])[name]).toBe(value);
        },
      ),
    );
  });

  it("never keeps more than it may, whatever is sent", () => {
    const name = fc.constantFrom(
      "helicone-user-id",
      "helicone-property-x",
      "x-portkey-metadata",
      "x-claude-code-session-id",
    );
    const value = fc.oneof(fc.string({ maxLength: 300 }), fc.json());
    const body = fc.dictionary(
      fc.constantFrom("user", "metadata", "safety_identifier", "prompt_cache_key"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), body, (headers, fields) => {
        const { tags, ...claims } = claimsOf(headers.flat(), fields as JsonObject);
        expect(tags.length).toBeLessThanOrEqual(8);
        for (const kept of [...tags, ...Object.values(claims)]) {
          expect(kept.length).toBeGreaterThan(0);
          expect(kept.length).toBeLessThanOrEqual(128);
          expect(kept).not.toMatch(/\p{C}/u);
        }
        for (const claim of Object.keys(claims)) expect(claimNames).toContain(claim);
      }),
      { numRuns: 500 },
    );
  });

  it("believes the key before the caller, headers before the body, and our names before aliases", () => {
    const body = { user: "body", metadata: { user: "metadata", user_id: "id" } };
    const alias = ["helicone-user-id", "alias"];
    const own = ["x-farthing-user", "own"];
    expect(claimsOf([...alias, ...own], body, { user: "pinned" }).user).toBe("pinned");
    expect(claimsOf([...alias, ...own], body).user).toBe("own");
    expect(claimsOf(alias, body).user).toBe("alias");
    expect(claimsOf([], body).user).toBe("metadata");
    expect(claimsOf([], { user: "body", metadata: { user_id: "id" } }).user).toBe("id");
    expect(claimsOf([], { user: "body" }).user).toBe("body");
  });

  it("passes over body fields and aliases that are no claims instead of refusing the call", () => {
    expect(claimsOf(["helicone-user-id", "x".repeat(200)], { user: 7, metadata: ["a"] })).toEqual({ tags: [] });
    expect(claimsOf(["x-portkey-metadata", "{broken"])).toEqual({ tags: [] });
    expect(claimsOf([], { metadata: JSON.parse('{"__proto__":"x","constructor":"y"}') as JsonObject })).toEqual({
      tags: [],
    });
  });

  it("keeps what is no claim as a tag, from Helicone and Portkey alike, eight in all", () => {
    const helicone = ["helicone-property-Plan", "pro", "helicone-property-Team", "t"];
    const { tags, team } = claimsOf(helicone);
    expect([tags, team]).toEqual([["plan:pro"], "t"]);
    expect(
      claimsOf(portkey({ Plan: "pro", Team: "t", _environment: "prod", count: 1, long: "x".repeat(128) })),
    ).toEqual({
      team: "t",
      tags: ["plan:pro", "environment:prod"],
    });
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key${index}`, "v"]));
    expect(claimsOf([...portkey(many), "x-farthing-tags", "a,b"]).tags).toEqual([
      "a",
      "b",
      ...Array.from({ length: 6 }, (_, index) => `key${index}:v`),
    ]);
  });

  it("reads Claude Code's user id as user and session", () => {
    const hash = "0123456789abcdef".repeat(4);
    const session = "b0e0c1f2-0000-4000-8000-000000000000";
    const userId = `user_${hash}_account_${session}_session_${session}`;
    expect(claimsOf([], { metadata: { user_id: userId } })).toEqual({ user: `user_${hash}`, session, tags: [] });
  });
});
