// `npm run test:clients`: real clients against the gateway. Installs them first (they are no workspace, so that nobody else
// waits for them), runs their tests, and writes their results and docs/reference/compatibility.md. With arguments: only the
// test files whose names hold them, and nothing is written.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled, root } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

const folder = join(root, "consumer-tests", "all-clients");
const environment = join(folder, ".venv");
const isWindows = process.platform === "win32";

/** Runs `install` unless the stamp says that what `file` names is there already. */
function installOnce(file, stamp, install) {
  const wanted = createHash("sha256")
    .update(readFileSync(join(folder, file)))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return null;
  const problem = install();
  if (problem === null) writeFileSync(stamp, wanted);
  return problem;
}

/** Runs a command in the clients' folder; what went wrong in a few words, or null. */
function run(command, arguments_) {
  const result = spawnSync(command, arguments_, { cwd: folder, encoding: "utf8", shell: isWindows });
  if (result.error) return result.error.code === "ENOENT" ? `${command} is not installed` : result.error.message;
  return result.status === 0 ? null : `${command} ${arguments_[0]} failed: ${lastLine(result.stderr)}`;
}

function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? "";
}

function installClients() {
  process.stderr.write("Installing the clients (first run only) ...\n");
  const npm = isWindows ? "npm.cmd" : "npm";
  return run(npm, ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
}

function installPython() {
  process.stderr.write("Installing the Python clients (first run only) ...\n");
  const python = isWindows ? "python" : "python3";
  const own = join(environment, isWindows ? "Scripts" : "bin", "python");
  const problem =
    run(python, ["-m", "venv", "--clear", ".venv"]) ??
    run(own, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]);
  // Half an environment would look like a whole one.
  if (problem !== null) rmSync(environment, { recursive: true, force: true });
  return problem;
}

ensureInstalled();
const problem = installOnce("package-lock.json", join(folder, "node_modules", ".farthing-installed"), installClients);
if (problem === null) {
  const missing = installOnce("requirements.txt", join(environment, ".farthing-installed"), installPython);
  if (missing !== null) {
    process.stderr.write(`The Python clients are skipped: ${missing}\n`);
    process.env.FARTHING_PYTHON_MISSING = "Python, or the registry of its packages, was not there";
  }
  const given = process.argv.slice(2);
  if (given.length === 0) process.env.FARTHING_CLIENTS_WRITE = "1";
  const config = join("consumer-tests", "all-clients", "vitest.config.ts");
  const vitest = ["node_modules/vitest/vitest.mjs", "run"];
  process.exitCode = await runNode([...vitest, "--config", config, ...given]);
  // The published package under the oldest Node it promises; skipped visibly where that Node's package is not to be had.
  if (given.length === 0) {
    const node24 = join(folder, "node_modules", "node-24-linux-x64", "bin", "node");
    if (existsSync(node24)) process.env.FARTHING_NODE_24 = node24;
    const code = await runNode([...vitest, "src/library/packed-package.test.ts"]);
    if (code !== 0) process.exitCode = code;
  }
} else {
  process.stderr.write(`${problem}\nCheck that this machine reaches its npm registry (npm ping), then try again.\n`);
  process.exitCode = 1;
}
