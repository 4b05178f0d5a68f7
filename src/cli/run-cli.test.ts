import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, makeFolder, runHere } from "./test-run.ts";

describe("exit codes and streams", () => {
  it("prints help and version on stdout with 0", async () => {
    const version = await runHere(["--version"], makeFolder());
    expect(version).toMatchObject({ code: 0, talk: "" });
    expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = await runHere(["--help"], makeFolder());
    expect(help).toMatchObject({ code: 0, talk: "" });
    for (const name of ["start", "report", "request", "doctor", "off", "on", "config", "keys", "fake-provider"]) {
      expect(help.out).toContain(`\n  ${name} `);
    }
  });

  it.each([["frobnicate"], ["report", "--last", "yesterday"], ["request"], ["config", "check", "--colour"]])(
    "ends a wrong command line with 2 and nothing on stdout: %s",
    async (...words) => {
      const result = await runHere(words, makeFolder());
      expect(result).toMatchObject({ code: 2, out: "" });
      expect(result.talk).not.toBe("");
    },
  );

  it("ends a wrong config with 3, problems on stderr", async () => {
    const folder = folderWith("drian: 5s\nlimits: { inFlightMax: lots }\n");
    for (const words of [["start"], ["config", "print"], ["report"], ["off"]]) {
      expect(await runHere(words, folder)).toMatchObject({ code: 3, out: "" });
    }
    const json = await runHere(["config", "check", "--json"], folder);
    expect(json).toMatchObject({ code: 3, talk: "" });
    expect(JSON.parse(json.out)).toMatchObject({
      schema: "farthing.config-check.v1",
      ok: false,
      problems: [{ line: 1, column: 1, path: "drian", fix: "Did you mean drain?" }, { line: 2 }],
    });
  });

  it("checks and prints the defaults with 0, without a secret", async () => {
    const env = { OPENAI_API_KEY: "sk-canary-9d1c" };
    expect(await runHere(["config", "check"], makeFolder(), env)).toMatchObject({ code: 0, talk: "" });
    for (const words of [
      ["config", "print"],
      ["config", "print", "--json"],
      ["doctor", "--offline"],
      ["doctor", "--offline", "--json"],
    ]) {
      const { out, talk } = await runHere(words, makeFolder(), env);
      expect(out).not.toBe("");
      expect(out + talk).not.toContain("canary");
    }
  });

  it("prints a schema that is JSON", async () => {
    const { out, code } = await runHere(["config", "schema"], makeFolder());
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ title: "farthing.yaml", type: "object", additionalProperties: false });
  });

  it("paints only where it is asked to", async () => {
    const folder = makeFolder();
    const escape = String.fromCodePoint(27);
    expect((await runHere(["doctor", "--offline"], folder)).out).not.toContain(escape);
    expect((await runHere(["doctor", "--offline"], folder, { FORCE_COLOR: "1" })).out).toContain(escape);
    const plain = await runHere(["doctor", "--offline"], folder, { FORCE_COLOR: "1", NO_COLOR: "1" });
    expect(plain.out).not.toContain(escape);
  });
});

describe("keys and the off switch", () => {
  it("shows a key once and its secret never again", async () => {
    const folder = makeFolder();
    const made = await runHere(["keys", "create", "--tenant", "shop", "--pin", "feature=search"], folder);
    expect(made.code).toBe(0);
    const key = made.out.trim();
    expect(key).toMatch(/^fk_[a-z0-9]+_[A-Za-z0-9_-]{43}$/);
    expect(made.talk).not.toContain(key);
    const id = key.split("_")[1] ?? "";
    const list = await runHere(["keys", "list", "--json"], folder);
    expect(JSON.parse(list.out)).toEqual({
      schema: "farthing.keys.v1",
      keys: [{ tenant: "shop", pinnedClaims: { feature: "search" }, id }],
    });
    const shown = await runHere(["keys", "list"], folder);
    expect(shown.out).toContain(id);
    expect(shown.out).not.toContain(key.slice(-43));
    expect(statSync(join(folder, ".farthing", "keys.json")).mode & 0o077).toBe(0);
    expect(await runHere(["keys", "revoke", key], folder)).toMatchObject({ code: 0 });
    expect(JSON.parse((await runHere(["keys", "list", "--json"], folder)).out)).toMatchObject({ keys: [] });
    expect(await runHere(["keys", "revoke", id], folder)).toMatchObject({ code: 1 });
    expect(await runHere(["keys", "create", "--pin", "colour=red"], folder)).toMatchObject({ code: 2 });
  });

  it("writes and removes the off file", async () => {
    const folder = makeFolder();
    const file = join(folder, ".farthing", "off");
    expect(await runHere(["off"], folder)).toMatchObject({ code: 0, out: `${file}\n` });
    expect(existsSync(file)).toBe(true);
    expect((await runHere(["doctor", "--offline"], folder)).out).toContain("every optimisation is off");
    expect(await runHere(["on"], folder)).toMatchObject({ code: 0 });
    expect(existsSync(file)).toBe(false);
  });
});
