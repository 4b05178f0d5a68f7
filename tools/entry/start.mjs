// `npm start`: with a provider key in the environment a gateway to the real providers, without one the demo.
import { ensureDashboard } from "./ensure-dashboard.mjs";
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
// A demo that ends after its table is looked at by nobody.
if (!process.argv.includes("--once")) ensureDashboard();
const wantsDemo = process.argv.slice(2).some((argument) => argument === "--demo" || argument === "--once");
const keys = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"];
const hasKey = keys.some((name) => Boolean(process.env[name]));
const script = hasKey && !wantsDemo ? ["src/cli/main.ts", "start"] : ["demo/main.ts"];
process.exitCode = await runNode([...script, ...process.argv.slice(2)]);
