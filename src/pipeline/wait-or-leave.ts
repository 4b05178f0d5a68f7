import type { Context } from "../spec/context.ts";

/** Waits `waitMs` (0 to 2^31-1). Resolves true after it, false at once when the caller leaves. */
export function waitOrLeave(context: Context, waitMs: number): Promise<boolean> {
  const { signal } = context;
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const leave = (): void => {
      cancel();
      resolve(false);
    };
    const cancel = context.ports.clock.after(Math.ceil(waitMs), () => {
      signal.removeEventListener("abort", leave);
      resolve(true);
    });
    signal.addEventListener("abort", leave, { once: true });
  });
}
