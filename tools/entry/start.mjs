// `npm start`: with a provider key in the environment a gateway to the real providers, without one the demo.
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
const wantsDemo = process.argv.slice(2).some((argument) => argument === "--demo" || argument === "--once");
const keys = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"];
const hasKey = keys.some((name) => Boolean(process.env[name]));
const script = hasKey && !wantsDemo ? ["src/cli/main.ts", "start"] : ["demo/main.ts"];
process.exitCode = await runNode([...script, ...process.argv.slice(2)]);
