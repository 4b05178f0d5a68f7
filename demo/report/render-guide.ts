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

/** Commands that ask about the run, and what each tells. */
const commands: readonly (readonly [command: string, answer: string])[] = [
  ["report --by feature", "spent and saved by feature, user, model, day, ..."],
  ["budgets", "spent, held and left of the budget"],
  ["economics --by feature", "cost per resolved ticket, and what led to none"],
  ["waste", "what was paid for nothing, and what to do about it"],
  ["alerts", "what is firing, what it means, what to do next"],
  ["prices explain gpt-4o", "a price with its source, line by line"],
];

/** Where to look on. */
export function renderPlaces({ dataDirectory }: DemoResult): string[] {
  return [
    "WHERE TO LOOK ON",
    `  ledger     ${join(dataDirectory, "ledger.sqlite")}`,
    `  config     ${join(dataDirectory, "farthing.yaml")}`,
    `  invoice    ${join(dataDirectory, "invoice.jsonl")}`,
    `  ask        npm run farthing -- COMMAND --config ${join(dataDirectory, "farthing.yaml")}`,
    ...commands.map(([command, answer]) => `    ${command.padEnd(24)}  ${answer}`),
  ];
}

/** How to use the gateway, which is still there or is to be started. */
export function renderConnect({ origin, pageLink }: DemoResult, staysUp: boolean): string[] {
  const head = staysUp ? "POINT YOUR OWN CLIENT AT IT (any key will do: the provider is a fake)" : "USE IT";
  const environment = [
    `  openai     export OPENAI_BASE_URL=${origin}/v1`,
    `  anthropic  export ANTHROPIC_BASE_URL=${origin}`,
  ];
  const real = "  for real   with OPENAI_, ANTHROPIC_ or GEMINI_API_KEY set, npm start is a gateway to that provider";
  if (!staysUp)
    return [head, "  npm start  without --once keeps this gateway and its page up for your own client", real];
  const page = ["SEE IT", `  page       ${pageLink}`, ""];
  return [...page, head, ...environment, real, "", "The gateway stays up. Ctrl-C ends it."];
}
