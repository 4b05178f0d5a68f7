import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, runCommand, type RunResult, runHere } from "./test-run.ts";

const config = `dataDirectory: data
zone: Europe/Berlin
budgets:
  - { name: from-config, usd: "5", window: day }
`;

const access = `keys:
  - name: support
    tenant: acme
    org: acme
    project: bot
    scopes: [models, outcomes]
    models: ["gpt-4o*"]
    expires: "2099-01-31"
    pin: { feature: support }
  - { name: plain }
budgets:
  - { name: acme, subject: { org: acme }, usd: "100.00", window: month }
`;

function folderOf(text: string = access): string {
  const folder = folderWith(config);
  writeFileSync(join(folder, "access.yaml"), text);
  return folder;
}

function apply(folder: string, ...flags: string[]): Promise<RunResult> {
  return runHere(["apply", "-f", "access.yaml", ...flags], folder);
}

async function keysOf(folder: string): Promise<Record<string, unknown>[]> {
  const { out } = await runHere(["keys", "list", "--json"], folder);
  return (JSON.parse(out) as { keys: Record<string, unknown>[] }).keys;
}

async function logOf(
  folder: string,
): Promise<{ what: string; subject: string; before: unknown; after: unknown; who: string }[]> {
  const { out } = await runHere(["admin-log", "--json"], folder);
  return (JSON.parse(out) as { entries: Awaited<ReturnType<typeof logOf>> }).entries;
}

describe("apply", () => {
  it("makes what the file says, once; a second time changes nothing", async () => {
    const folder = folderOf();
    const planned = await apply(folder, "--dry-run");
    expect(planned.talk).toBe("  + key support\n  + key plain\n  + budget acme\n3 changes; none was made.\n");
    expect([planned.out, await keysOf(folder)]).toEqual(["", []]);
    const first = await apply(folder);
    expect(first.out).toMatch(/^support fk_[0-9a-f]{10}_[\w-]{43}\nplain fk_[0-9a-f]{10}_[\w-]{43}\n$/);
    expect(await keysOf(folder)).toEqual([
      {
        id: expect.any(String),
        name: "support",
        tenant: "acme",
        org: "acme",
        project: "bot",
        scopes: ["models", "outcomes"],
        models: ["gpt-4o*"],
        expiresAtMs: Date.UTC(2099, 0, 31),
        pinnedClaims: { feature: "support" },
      },
      { id: expect.any(String), name: "plain", tenant: "default", pinnedClaims: {} },
    ]);
    const files = ["keys.json", "budgets.json", "admin-log.ndjson"].map((name) => join(folder, "data", name));
    const before = files.map((file) => readFileSync(file, "utf8"));
    expect(files.map((file) => statSync(file).mode & 0o077)).toEqual([0, 0, 0]);
    expect(await apply(folder)).toMatchObject({ out: "", talk: "Nothing to change: all is as the file says.\n" });
    expect(await apply(folder, "--prune")).toMatchObject({
      out: "",
      talk: expect.stringContaining("Nothing to change"),
    });
    expect(files.map((file) => readFileSync(file, "utf8"))).toEqual(before);
    const { out } = await runHere(["budgets", "--json"], folder);
    expect((JSON.parse(out) as { accounts: object[] }).accounts).toMatchObject([
      { budget: "from-config", limit: "5000000000000", spent: "0", window: "day Europe/Berlin" },
      { budget: "acme", subject: { org: "acme" }, measure: "usd", left: "100000000000000" },
    ]);
  });

  it("changes a key and keeps its secret; prune takes away what is not named", async () => {
    const folder = folderOf();
    await apply(folder);
    const digestOf = (): string =>
      /"digest": "(\w+)"/.exec(readFileSync(join(folder, "data", "keys.json"), "utf8"))?.[1] ?? "";
    const digest = digestOf();
    const changed = access.replace('models: ["gpt-4o*"]', 'models: ["gpt-4o*", "o3"]').replace("100.00", "200");
    writeFileSync(join(folder, "access.yaml"), changed.replace("  - { name: plain }\n", ""));
    const kept = await apply(folder);
    expect(kept.talk).toContain('~ key support: models ["gpt-4o*"] -> ["gpt-4o*","o3"]');
    expect(kept.talk).toContain("~ budget acme: usd 100 -> 200");
    expect([(await keysOf(folder)).length, digestOf()]).toEqual([2, digest]);
    writeFileSync(join(folder, "access.yaml"), "keys:\n  - { name: support }\n");
    const pruned = await apply(folder, "--prune");
    expect(pruned.talk).toMatch(/- key plain\n {2}- budget acme\n/);
    expect((await keysOf(folder)).map(({ name }) => name)).toEqual(["support"]);
    expect(
      (await logOf(folder)).map(({ what, subject }) => (what.startsWith("key") ? what : `${what} ${subject}`)),
    ).toEqual([
      "key.create",
      "key.create",
      "budget.create acme",
      "key.change",
      "budget.change acme",
      "key.change",
      "key.revoke",
      "budget.remove acme",
    ]);
  });

  it("refuses a wrong file at its place, and a name that is the config's", async () => {
    const folder = folderOf("keys:\n  - { name: a, expires: tomorrow }\n  - { nmae: b }\n");
    const wrong = await apply(folder);
    expect(wrong.code).toBe(3);
    expect(wrong.talk).toMatch(/access.yaml:2:25: keys\[0\].expires: is not a moment \(found tomorrow\)/);
    expect(wrong.talk).toMatch(/access.yaml:3:7: keys\[1\].nmae: unknown key. Did you mean name\?/);
    writeFileSync(join(folder, "access.yaml"), "keys: [{ name: a }, { name: a }]\n");
    expect((await apply(folder)).talk).toContain("keys[1].name: stands twice");
    writeFileSync(join(folder, "access.yaml"), "budgets: [{ name: from-config, usd: 1, window: day }]\n");
    expect(await apply(folder)).toMatchObject({ code: 2, talk: expect.stringContaining("stands in the config file") });
    expect(await runHere(["apply", "-f", "nowhere.yaml"], folder)).toMatchObject({ code: 3 });
    expect(await keysOf(folder)).toEqual([]);
  });
});

describe("keys", () => {
  it("are made with terms, shown without secrets, rotated; every change is logged with who made it", async () => {
    const folder = folderWith(config);
    const words = ["keys", "create", "--name", "ci", "--org", "o", "--project", "p", "--scope", "models,requests"];
    const made = await runHere(
      [...words, "--model", "gpt-4o*", "o3", "--expires", "30d", "--pin", "team=core"],
      folder,
    );
    const [, id = ""] = made.out.split("_");
    const secret = made.out.trim().slice(`fk_${id}_`.length);
    const [stored] = await keysOf(folder);
    expect(stored).toMatchObject({ id, name: "ci", models: ["gpt-4o*", "o3"], scopes: ["models", "requests"] });
    expect(Math.abs((stored?.["expiresAtMs"] as number) - Date.now() - 30 * 86_400_000)).toBeLessThan(60_000);
    const rotated = await runHere(["keys", "rotate", id, "--grace", "1h"], folder);
    expect(rotated.out).toMatch(new RegExp(`^fk_${id}_[\\w-]{43}\n$`));
    expect(rotated.out).not.toBe(made.out);
    expect((await runHere(["keys", "list"], folder)).out).toMatch(/ci .*\(old until \d{4}-\d\d-\d\dT/);
    expect(await runHere(["keys", "rotate", "nobody"], folder)).toMatchObject({ code: 1 });
    await runHere(["keys", "revoke", id], folder);
    const entries = await logOf(folder);
    expect(entries.map(({ what, subject }) => [what, subject])).toEqual([
      ["key.create", id],
      ["key.rotate", id],
      ["key.revoke", id],
    ]);
    expect(entries.every(({ who }) => /^.+@.+$/.test(who))).toBe(true);
    const log = readFileSync(join(folder, "data", "admin-log.ndjson"), "utf8");
    expect(log).not.toContain(secret);
    expect(log).not.toContain("digest");
    const shown = await runHere(["admin-log"], folder);
    expect(shown.out.split("\n")[1]).toContain("key.create");
    expect(await runHere(["admin-log", "--last", "yesterday"], folder)).toMatchObject({ code: 2 });
  });

  it.each([
    [["--scope", "all"], "--scope takes"],
    [["--expires", "never"], "--expires takes"],
    [["--expires", "2001-01-01"], "is over already"],
    [["--name", "a\nb"], "--name takes"],
    [["--grace", "1h"], "unknown option"],
  ])("refuse %s", async (flags, words) => {
    expect(await runHere(["keys", "create", ...flags], folderWith(config))).toMatchObject({
      code: 2,
      out: "",
      talk: expect.stringContaining(words),
    });
  });

  it("made by many commands at once are all kept", async () => {
    const folder = folderWith(config);
    const names = ["one", "two", "three", "four"];
    const made = await Promise.all(names.map((name) => runCommand(["keys", "create", "--name", name], folder)));
    expect(made.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect((await keysOf(folder)).map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  it("of an older file are read, and written anew with the next change", async () => {
    const folder = folderWith(config);
    await runHere(["keys", "create"], folder);
    const file = join(folder, "data", "keys.json");
    const digest = "ab".repeat(32);
    const old = { version: 1, keys: [{ id: "older", digest, tenant: "t", pinnedClaims: { team: "x" } }] };
    writeFileSync(file, JSON.stringify(old));
    expect(await keysOf(folder)).toEqual([{ id: "older", tenant: "t", pinnedClaims: { team: "x" } }]);
    await runHere(["keys", "create", "--name", "new"], folder);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      version: 2,
      keys: [{ id: "older", digest }, { name: "new" }],
    });
  });
});
