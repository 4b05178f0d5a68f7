import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { createCredentials } from "./credentials.ts";
import { openDataDirectory } from "../data-directory.ts";
import { createKeyedDigests, sameSecret } from "./keyed-digests.ts";
import { addLocalKey, readLocalKeys } from "./local-keys.ts";
import type { Scope } from "../../spec/caller.ts";

const base = mkdtempSync(join(tmpdir(), "farthing-credentials-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const digests = createKeyedDigests("ab".repeat(32));

describe("identities", () => {
  it("of distinct keys are distinct, also of keys that share a beginning, and of one key always the same", () => {
    const credentials = createCredentials([], digests, () => 0);
    const key = fc.stringMatching(/^sk-[A-Za-z0-9]{1,60}$/);
    fc.assert(
      fc.property(key, fc.stringMatching(/^[a-z]{1,3}$/), (first, more) => {
        const one = credentials.identify(first);
        const other = credentials.identify(first + more);
        expect(one?.scope).not.toBe(other?.scope);
        expect(one?.keyId).not.toBe(other?.keyId);
        expect(credentials.identify(first)).toEqual(one);
        expect(JSON.stringify({ ...one, providerKey: null })).not.toContain(first.slice(3).padEnd(8, "?"));
      }),
    );
  });

  it("stay right when more keys come than are remembered", () => {
    const credentials = createCredentials([], digests, () => 0);
    const first = credentials.identify("sk-0");
    for (let index = 0; index < 12_000; index++) credentials.identify(`sk-${index}`);
    expect(credentials.identify("sk-0")).toEqual(first);
  });

  it("of local keys share a scope within their tenant only, and carry what the key pins", () => {
    const file = join(base, "tenants.json");
    const [a, b, c] = ["acme", "acme", "other"].map((tenant) =>
      addLocalKey(file, digests, { tenant, pinnedClaims: { team: tenant } }),
    );
    const credentials = createCredentials(readLocalKeys(file), digests, () => 0);
    const [first, second, third] = [a, b, c].map((made) => credentials.identify(made?.key ?? ""));
    expect(first?.scope).toBe(second?.scope);
    expect(first?.scope).not.toBe(third?.scope);
    expect(first).toMatchObject({ kind: "local-key", keyId: a?.id, providerKey: null, pinnedClaims: { team: "acme" } });
    expect(readFileSync(file, "utf8")).not.toContain(a?.key.slice(`fk_${a.id}_`.length));
    expect(credentials.identify(`fk_${a?.id}_${"A".repeat(43)}`)).toBeNull();
    expect(credentials.identify(`fk_zzzzzzzzzz_${a?.key.split("_").slice(2).join("_")}`)).toBeNull();
    // What is stored does not log in.
    expect(credentials.identify(`fk_${a?.id}_${readLocalKeys(file)[0]?.digest}`)).toBeNull();
  });
});

describe("keyed digests", () => {
  it("differ by purpose and by secret", () => {
    const other = createKeyedDigests("cd".repeat(32));
    const all = [
      digests.digest("owner" as Scope, "x"),
      digests.scopeOf("own-key", "x"),
      digests.scopeOf("tenant", "x"),
      other.digest("owner" as Scope, "x"),
    ];
    expect(new Set(all).size).toBe(4);
    expect(digests.keyDigest("x")).toMatch(/^[0-9a-f]{64}$/);
  });

  it("compare without throwing on unequal lengths", () => {
    expect([sameSecret("a", "a"), sameSecret("a", "ab"), sameSecret("", "a"), sameSecret("é", "e")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("the data directory", () => {
  it("is made once, private, and opened again as it is", () => {
    const path = join(base, "fresh", "deep");
    const first = openDataDirectory(path);
    const second = openDataDirectory(path);
    expect([first.firstStart, second.firstStart]).toEqual([true, false]);
    expect([second.secret, second.adminToken]).toEqual([first.secret, first.adminToken]);
    expect(first.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(first.adminToken).toMatch(/^fa_[\w-]{43}$/);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(first.adminTokenFile).mode & 0o777).toBe(0o600);
  });

  it("does not replace a damaged secret, and says which file it is", () => {
    const path = join(base, "damaged");
    openDataDirectory(path);
    writeFileSync(join(path, "scope-secret"), "");
    expect(() => openDataDirectory(path)).toThrow(/scope-secret is damaged/);
    writeFileSync(join(path, "keys.json"), '{"version":1,"keys":[{"id":"x"}]}');
    expect(() => readLocalKeys(join(path, "keys.json"))).toThrow(/keys.json is damaged/);
  });
});
