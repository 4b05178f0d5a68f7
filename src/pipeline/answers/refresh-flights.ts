import type { CacheScope } from "../../spec/cache-scope.ts";
import type { Context } from "../../spec/context.ts";

/** Refreshes of one route that may run at once; beyond them a stale answer is not served. */
export const refreshesMax = 256;

/** The refreshes of a route that are under way: at most one for each key. */
export class RefreshFlights {
  readonly #running = new Set<string>();

  /**
   * Sees to it that a refresh for this key is running.
   *
   * @returns `started`, `running` already, or null: none could be started, so nobody fetches a fresh answer.
   */
  ensure(context: Context, scope: CacheScope, key: string): "started" | "running" | null {
    const name = JSON.stringify([scope.owner, scope.partition, key]);
    if (this.#running.has(name)) return "running";
    const { refresh } = context.ports;
    if (refresh === null || this.#running.size >= refreshesMax) return null;
    this.#running.add(name);
    const over = (): void => void this.#running.delete(name);
    // It promises never to reject; should it, its key must be free again all the same.
    try {
      refresh(context).then(over, over);
    } catch {
      over();
      return null;
    }
    return "started";
  }

  /** How many are under way. */
  get size(): number {
    return this.#running.size;
  }
}
