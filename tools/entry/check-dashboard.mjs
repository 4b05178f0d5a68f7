// Types of the dashboard's components, which the compiler does not read itself; and that the check still sees anything: a planted
// file with two errors must fail, one in the script and one in the markup.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findNode, root } from "./ensure-install.mjs";

const folder = join(root, "dashboard");
const svelteCheck = join(folder, "node_modules", "svelte-check", "bin", "svelte-check");

function check(workspace) {
  const words = [svelteCheck, "--workspace", workspace, "--tsconfig", "./tsconfig.json", "--fail-on-warnings"];
  return spawnSync(findNode(), [...words, "--output", "human"], { cwd: folder, encoding: "utf8" });
}

const real = check(".");
const planted = check("./canary");
const found = /found (\d+) errors?/.exec(planted.stdout ?? "")?.[1] ?? "no";
if (real.status !== 0) {
  process.stderr.write(`${real.stdout}${real.stderr}`);
  process.exitCode = 1;
} else if (planted.status === 0 || found !== "2") {
  process.stderr.write(
    `svelte-check found ${found} errors in dashboard/canary/Planted.svelte, which has 2: it is blind.\n`,
  );
  process.exitCode = 1;
}
