import { join } from "node:path";
import type { DemoResult } from "./demo-result.ts";

/** What of the table is real and what is not. */
export function renderHonesty(): string[] {
  return [
    "WHAT IS REAL",
    "  real       Gateway, translation, ledger, token counts, prices, every sum: exact for these answers.",
    "  simulated  The answers, by a fake provider on this machine. Their lengths are plausible, no more.",
    "  unknown    Whether the smaller model's answers are good enough, and a real provider's latency.",
  ];
}

/** Where to look on. */
export function renderPlaces({ dataDirectory }: DemoResult): string[] {
  return [
    "WHERE TO LOOK ON",
    `  ledger     ${join(dataDirectory, "ledger.sqlite")}`,
    `  config     ${join(dataDirectory, "farthing.yaml")}`,
    `  invoice    ${join(dataDirectory, "invoice.jsonl")}`,
    `  report     npm run farthing -- report --by feature --data-dir ${dataDirectory}`,
  ];
}

/** How to use the gateway, which is still there or is to be started. */
export function renderConnect({ origin }: DemoResult, staysUp: boolean): string[] {
  const head = staysUp ? "POINT YOUR OWN CLIENT AT IT (any key will do: the provider is a fake)" : "USE IT";
  const environment = [
    `  openai     export OPENAI_BASE_URL=${origin}/v1`,
    `  anthropic  export ANTHROPIC_BASE_URL=${origin}`,
  ];
  const real = "  for real   with OPENAI_, ANTHROPIC_ or GEMINI_API_KEY set, npm start is a gateway to that provider";
  if (!staysUp) return [head, "  npm start  without --once keeps this gateway up for your own client", real];
  return [head, ...environment, real, "", "The gateway stays up. Ctrl-C ends it."];
}
