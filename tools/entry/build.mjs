// `npm run build`: what is published, as JavaScript with types (Node strips no types under node_modules), and the built dashboard.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureDashboard } from "./ensure-dashboard.mjs";
import { ensureInstalled, root } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
rmSync(join(root, "dist"), { recursive: true, force: true });
process.exitCode = await runNode(["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"]);
if (ensureDashboard()) cpSync(join(root, "dashboard", "dist"), join(root, "dist", "dashboard"), { recursive: true });
else process.exitCode = 1;
for (const data of ["money/data", "providers/vendors"]) {
  cpSync(join(root, "src", data), join(root, "dist", data), { recursive: true });
}
