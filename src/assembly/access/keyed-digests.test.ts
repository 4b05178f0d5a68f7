import { createHmac, hash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createKeyedDigests } from "./keyed-digests.ts";

const secret = "ab".repeat(32);

test("the digest of a cache key is the HMAC-SHA-256 under its owner's own secret, whatever the text", () => {
  const digests = createKeyedDigests(secret);
  const cacheKey = hash("sha512-256", `${secret}:cache:`, "hex");
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ unit: "grapheme", maxLength: 300 }), (name, text) => {
      const owner = digests.scopeOf("tenant", name);
      const ownSecret = hash("sha512-256", `${cacheKey}:${owner}:`, "hex");
      expect(digests.digest(owner, text)).toBe(createHmac("sha256", ownSecret).update(text).digest("base64url"));
    }),
  );
});

test("no two owners, and no two installations, have one digest of a text", () => {
  const [here, elsewhere] = [createKeyedDigests(secret), createKeyedDigests("cd".repeat(32))];
  const owners = ["a", "b"].map((name) => here.scopeOf("tenant", name));
  const made = owners.flatMap((owner) => [here.digest(owner, "text"), elsewhere.digest(owner, "text")]);
  expect(new Set(made).size).toBe(4);
});
