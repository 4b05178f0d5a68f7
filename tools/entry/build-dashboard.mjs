// `node tools/entry/build-dashboard.mjs`: the dashboard alone, as tests of it want it. Fails where it cannot be built.
import { ensureDashboard } from "./ensure-dashboard.mjs";
import { ensureInstalled } from "./ensure-install.mjs";

ensureInstalled();
if (!ensureDashboard()) process.exitCode = 1;
