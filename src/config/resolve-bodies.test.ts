import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "./load-config.ts";
import { printConfig } from "./print-config.ts";
import { loadText, makeFolder, problemsOf, writeConfig } from "./test-load.ts";
import { testVendors } from "./test-vendors.ts";

const key = "k".repeat(32);
const legal = "routes: [{ name: legal, match: { tag: legal }, compliance: true }]";
const fix = "Write key: ${VARIABLE} or key: file:/path; openssl rand -hex 32 makes one.";

describe("the key of bodies", () => {
  it.each([
    [legal, "route legal is a compliance route"],
    ["routes: [{ name: chats, storeBodies: true }]", "route chats keeps bodies"],
    [`bodies: { key: "\${EMPTY:-}" }\n${legal}`, "route legal is a compliance route"],
  ])("is demanded where a route keeps any: %s", (text, why) => {
    expect(problemsOf(text)).toEqual([
      expect.stringContaining(`bodies.key: ${why}, and bodies are kept encrypted only. ${fix}`),
    ]);
  });

  it("is not demanded elsewhere; without one nothing is kept", () => {
    expect(loadText("routes: [{ name: a }]").config).not.toHaveProperty("bodies");
  });

  it("has 32 characters at least, is told of by its place and never by its text", () => {
    const problems = problemsOf(`bodies: { key: short-but-secret }\n${legal}`);
    expect(problems).toEqual([`farthing.yaml:1:16: bodies.key: is shorter than 32 characters. ${fix}`]);
    expect(problems.join()).not.toContain("short-but-secret");
    expect(problemsOf(`bodies: { key: file:/nowhere/at-all }\n${legal}`)).toEqual([
      expect.stringContaining("bodies.key: the key file /nowhere/at-all cannot be read (ENOENT)"),
    ]);
  });

  it("comes from a variable or a file, and is printed as stars", () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "secret"), `${key}\n`);
    const file = writeConfig(`bodies: { key: file:secret, retention: 30d }\n${legal}`, folder);
    const { config, warnings } = loadConfig({ file, env: {}, generation: 1, vendors: testVendors });
    expect([config.bodies, warnings]).toEqual([{ key, retentionDays: 30 }, []]);
    expect(printConfig(config)).not.toContain(key);
    expect(printConfig(config)).toContain('bodies:\n  key: "***"\n  retention: 30d');
    const text = `bodies: { key: "\${BODIES_KEY}" }\n${legal}`;
    expect(loadText(text, { BODIES_KEY: key }).warnings).toEqual([]);
  });

  it("is warned of where it stands in the file itself", () => {
    const file = writeConfig(`bodies: { key: ${key} }\n${legal}`);
    const load = (): readonly string[] => loadConfig({ file, env: {}, generation: 1, vendors: testVendors }).warnings;
    expect(load()).toEqual([
      "The key of the stored bodies stands in the config file itself; prefer ${VARIABLE} or file:/path.",
    ]);
    chmodSync(file, 0o644);
    expect(load()).toEqual([expect.stringContaining("others on this machine may read the file")]);
  });
});

describe("the retention of bodies", () => {
  it("is in whole days, at least one", () => {
    expect(problemsOf(`bodies: { key: ${key}, retention: 36h }`)).toEqual([
      expect.stringContaining("bodies.retention: is not in whole days (found 36h). Write it as days, such as 365d."),
    ]);
    expect(problemsOf(`bodies: { key: ${key}, retention: 5h }`)).toHaveLength(1);
  });
});

it("a compliance route keeps bodies without saying so", () => {
  const { routes } = loadText(`bodies: { key: ${key} }\n${legal}`).config;
  expect(routes.map(({ name, storeBodies }) => [name, storeBodies])).toEqual([
    ["legal", true],
    ["default", false],
  ]);
});
