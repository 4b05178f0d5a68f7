import type { DemoResult } from "./demo-result.ts";
import { countText } from "./layout.ts";
import { renderBill, renderSavings, renderTasks } from "./render-bill.ts";
import { renderCaches } from "./render-caches.ts";
import { renderChecks, renderLatency } from "./render-checks.ts";
import { renderControl } from "./render-control.ts";
import { renderConnect, renderHonesty, renderPlaces } from "./render-guide.ts";

/** The whole report as plain text, at most 100 columns but for long paths. */
export function renderReport(result: DemoResult, staysUp: boolean): string {
  const { identical, paraphrases, streamed, backfill } = result;
  const reuse = `${countText(identical)} word for word repeats, ${countText(paraphrases)} paraphrases`;
  const head = [
    `Farthing demo: ${countText(result.requests)} requests in ${result.replaySeconds.toFixed(1)} s, seed ${result.seed}`,
    `  ${reuse}, ${countText(streamed)} streamed.`,
    `  Beside them ${countText(backfill.served + backfill.refused)} calls of a job that runs away, on a budget of its own.`,
    "  Sent by the official openai and @anthropic-ai/sdk clients through a real gateway process to a fake",
    "  provider: the answers are simulated, the bill is what they would cost at the vendors' list prices.",
  ];
  const sections = [
    head,
    renderBill(result),
    renderSavings(result),
    renderTasks(result),
    renderControl(result),
    renderCaches(result),
    renderLatency(result),
    renderChecks(result),
    renderHonesty(),
    renderPlaces(result),
    renderConnect(result, staysUp),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}
