import type { Surface } from "./surface.ts";

/** Longest wait for the last bytes of answers that were cut short. */
const flushMsMax = 500;
const pollMs = 10;

/** Takes no new calls, gives open ones the config's drain time, and ends the rest with an error in their dialects. */
export async function drainCalls(surface: Surface): Promise<void> {
  surface.draining = true;
  await callsOver(surface, surface.engine.config.drainMs);
  for (const call of surface.openCalls.snapshot()) call.shutDown();
  await callsOver(surface, flushMsMax);
}

/** Resolves when no call is open, at the latest after `waitMs`. */
async function callsOver(surface: Surface, waitMs: number): Promise<void> {
  const endMs = performance.now() + waitMs;
  while (surface.openCalls.size > 0 && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
