// `npm start`: with a provider key in the environment a gateway to the real providers, without one the demo.
import { ensureInstalled } from "./ensure-install.mjs";
import { runNode } from "./run-node.mjs";

ensureInstalled();
const wantsDemo = process.argv.slice(2).some((argument) => argument === "--demo" || argument === "--once");
const hasKey = Boolean(process.env.OPENAI_API_KEY || process.env.ANTHROPIC_API_KEY);
const script = hasKey && !wantsDemo ? ["src/cli/main.ts", "start"] : ["demo/main.ts"];
process.exitCode = await runNode([...script, ...process.argv.slice(2)]);
