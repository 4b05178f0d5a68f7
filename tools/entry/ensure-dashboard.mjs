// The admin listener's page. Built where it is missing or older than its sources: a matter of seconds, and never a reason not to
// start the gateway.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findNode, root } from "./ensure-install.mjs";

const folder = join(root, "dashboard");
/** What the build is made of; the lockfile stands for the packages. */
const sources = ["src", "public", "index.html", "vite.config.ts", "svelte.config.js", "package.json"];

/** Builds the dashboard unless `dashboard/dist` is of these very sources. True when it is there afterwards. */
export function ensureDashboard() {
  const wanted = digestOfSources();
  const stamp = join(folder, "dist", ".built-from");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;
  process.stderr.write("Building the dashboard ...\n");
  // Built beside and put in place by one rename: nobody is served half a page, and two starts at once do not mix.
  const fresh = join(root, "node_modules", `.dashboard-${process.pid}`);
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  const result = spawnSync(findNode(), [vite, "build", "--outDir", fresh, "--emptyOutDir", "--logLevel", "error"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (result.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    process.stderr.write("The dashboard could not be built; the gateway works without it. npm run build shows why.\n");
    return false;
  }
  writeFileSync(join(fresh, ".built-from"), wanted);
  putInPlace(fresh, join(folder, "dist"));
  return true;
}

function putInPlace(fresh, place) {
  try {
    rmSync(place, { recursive: true, force: true });
    renameSync(fresh, place);
  } catch (error) {
    // Another start was faster; what it put there is of the same sources.
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(join(place, "index.html"))) throw error;
  }
}

/** By content, not by time: a checkout gives every file the time of its own making. */
function digestOfSources() {
  const digest = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  const visit = (path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).toSorted()) visit(join(path, name));
    else if (!path.endsWith(".test.ts")) digest.update(`${path.slice(folder.length)}\n`).update(readFileSync(path));
  };
  for (const source of sources) visit(join(folder, source));
  return digest.digest("hex");
}
