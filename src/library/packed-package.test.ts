import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// What is published, taken from a real `npm pack` of a copy of the sources, as somebody else's application has it.
const root = join(import.meta.dirname, "..", "..");
const scratch = mkdtempSync(join(tmpdir(), "farthing-packed-"));
const application = join(scratch, "application");

beforeAll(() => {
  const copy = join(scratch, "copy");
  mkdirSync(copy);
  const parts = ["src", "tools", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
  for (const part of [...parts, "README.md", "LICENSE", "CHANGELOG.md"]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  // Its own node_modules hold what only its checks need.
  cpSync(join(root, "dashboard"), join(copy, "dashboard"), {
    recursive: true,
    filter: (path) => !path.endsWith(join("dashboard", "node_modules")),
  });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  run("npm", ["pack", "--workspaces=false", "--pack-destination", scratch], copy);
  const { dependencies, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const modules = join(application, "node_modules");
  mkdirSync(join(modules, "farthing"), { recursive: true });
  run("tar", ["-xzf", `farthing-${version}.tgz`, "--strip-components=1", "-C", join(modules, "farthing")], scratch);
  for (const name of [...Object.keys(dependencies), "@types", "undici-types"]) {
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  writeFileSync(join(application, "call.cjs"), callOnce);
  writeFileSync(join(application, "import.mjs"), `import * as farthing from "farthing";\n${useIt}`);
  writeFileSync(join(application, "require.cjs"), `const farthing = require("farthing");\n${useItFromCommonJs}`);
}, 180_000);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const useIt = `import callOnce from "./call.cjs";\nconsole.log(JSON.stringify(await callOnce(farthing)));\n`;
const useItFromCommonJs = `require("./call.cjs")(farthing).then((told) => console.log(JSON.stringify(told)));\n`;
/** One call through the package, to a provider of its own, with the ledger's own thread. */
const callOnce = `
const { createServer } = require("node:http");
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
module.exports = async ({ createFarthing }) => {
  const usage = { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 };
  const reply = { id: "c", model: "gpt-4o-mini", choices: [], usage };
  const headers = { "content-type": "application/json" };
  const provider = createServer((_, response) => response.writeHead(200, headers).end(JSON.stringify(reply)));
  await new Promise((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const directory = mkdtempSync(join(__dirname, "data-"));
  const config = join(directory, "farthing.yaml");
  const baseUrl = "http://127.0.0.1:" + provider.address().port;
  writeFileSync(config, "dataDirectory: .\\nproviders: { openai: { baseUrl: '" + baseUrl + "' } }\\n");
  const farthing = await createFarthing({ config, env: {} });
  const request = { method: "POST", headers: { ...headers, authorization: "Bearer sk-own" } };
  const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "hi" }] });
  const response = await farthing.fetch("https://api.openai.com/v1/chat/completions", { ...request, body });
  const told = { status: response.status, id: (await response.json()).id, cost: response.headers.get("x-farthing-cost") };
  await farthing.close();
  provider.closeAllConnections();
  provider.close();
  rmSync(directory, { recursive: true });
  return told;
};
`;
const told = { status: 200, id: "c", cost: "0.0000021" };

/** A program that takes types from the package. */
const typed = (imports: string): string =>
  `${imports}\nexport const made: Promise<Farthing> = createFarthing({ config: "a" });\n` +
  `export const call = async (): Promise<number> => (await (await made).fetch("/healthz")).status;\n` +
  `// @ts-expect-error no such option\nvoid createFarthing({ port: 1 });\n`;

function run(command: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`${command} ${words[0]}: ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}

/** A Node of this major version: named by FARTHING_NODE_<major>, or on the path. */
function findNode(major: number): string | null {
  const named = process.env[`FARTHING_NODE_${major}`];
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => existsSync(folder));
  const candidates = [...(named === undefined ? [] : [named]), ...folders.map((folder) => join(folder, "node"))];
  const isMajor = (file: string): boolean =>
    spawnSync(file, ["--version"], { encoding: "utf8" }).stdout?.startsWith(`v${major}.`) ?? false;
  return candidates.find((file) => existsSync(file) && isMajor(file)) ?? null;
}

const node24 = findNode(24);
const runtimes = [
  { name: `this Node (${process.version})`, node: process.execPath },
  { name: node24 === null ? "Node 24 (skipped: there is none on this machine)" : "Node 24", node: node24 },
];

describe("the packed package", () => {
  for (const { name, node } of runtimes) {
    it.skipIf(node === null).each(["import.mjs", "require.cjs"])(`answers a call under ${name}: %s`, (file) => {
      expect(JSON.parse(run(node ?? "", [file], application))).toEqual(told);
    });
  }

  it("holds the dashboard's page", () => {
    const page = join(application, "node_modules", "farthing", "dist", "dashboard", "index.html");
    expect(readFileSync(page, "utf8")).toContain("/assets/");
  });

  it("has types, for import and for require", () => {
    writeFileSync(join(application, "use.mts"), typed('import { createFarthing, type Farthing } from "farthing";'));
    const required = 'import farthing = require("farthing");\nconst { createFarthing } = farthing;';
    writeFileSync(join(application, "use.cts"), typed(`${required}\ntype Farthing = farthing.Farthing;`));
    const flags = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext", "--types", "node"];
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const compile = (): string => run(process.execPath, [compiler, ...flags, "use.mts", "use.cts"], application);
    expect(compile).not.toThrow();
  });
});
