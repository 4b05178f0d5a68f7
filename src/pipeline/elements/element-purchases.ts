import { FarthingError } from "../../kit/farthing-error.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { Context } from "../../spec/context.ts";
import type { KnownElement } from "./known-element.ts";

/** Inputs of one route that may be waited for at once; more are bought without anybody's waiting. */
const runningMax = 65_536;
/** Longest wait for what another request is buying, milliseconds; then it is bought again. */
const waitMsMax = 10_000;

/** What came of what one request bought: by key, or null when nothing came. */
type Outcome = ReadonlyMap<string, KnownElement> | null;

/** The inputs that one request needs, divided. */
export interface ElementClaim {
  /** To be bought by this request. */
  readonly mine: readonly string[];
  /** Another request of the same scope is buying them. */
  readonly theirs: readonly string[];
  /** Says what came of `mine`; the first word counts, and one has to be said. */
  settle(outcome: Outcome): void;
  /**
   * What came of `theirs` until they are over, or the time is up. Rejects with `client_closed` when the caller leaves.
   */
  wait(context: Context): Promise<ReadonlyMap<string, KnownElement>>;
}

/** Inputs that are being bought right now on one route: each once for all who need it. */
export class ElementPurchases {
  readonly #running = new Map<string, Promise<Outcome>>();

  /** Divides the inputs `keys` between this request and those that are under way. */
  claim(scope: CacheScope, keys: readonly string[]): ElementClaim {
    const mine: string[] = [];
    const theirs = new Map<string, Promise<Outcome>>();
    for (const key of keys) {
      const running = this.#running.get(nameOf(scope, key));
      if (running === undefined) mine.push(key);
      else theirs.set(key, running);
    }
    const settle = this.#register(mine.map((key) => nameOf(scope, key)));
    return { mine, theirs: [...theirs.keys()], settle, wait: (context) => waitFor(context, theirs) };
  }

  /** How many inputs are being bought. */
  get size(): number {
    return this.#running.size;
  }

  #register(names: readonly string[]): (outcome: Outcome) => void {
    const { promise: running, resolve } = Promise.withResolvers<Outcome>();
    const registered = names.slice(0, Math.max(0, runningMax - this.#running.size));
    for (const name of registered) this.#running.set(name, running);
    return (outcome) => {
      for (const name of registered) if (this.#running.get(name) === running) this.#running.delete(name);
      resolve(outcome);
    };
  }
}

/** A request that neither waits nor is waited for. */
export function soleClaim(keys: readonly string[]): ElementClaim {
  return { mine: keys, theirs: [], settle: () => undefined, wait: () => Promise.resolve(new Map()) };
}

function nameOf({ owner, partition }: CacheScope, key: string): string {
  return JSON.stringify([owner, partition, key]);
}

async function waitFor(
  context: Context,
  theirs: ReadonlyMap<string, Promise<Outcome>>,
): Promise<ReadonlyMap<string, KnownElement>> {
  const came = new Map<string, KnownElement>();
  if (theirs.size === 0) return came;
  const { signal } = context;
  const takeAll = [...theirs].map(async ([key, running]) => {
    const element = (await running)?.get(key);
    if (element !== undefined) came.set(key, element);
  });
  if (!signal.aborted) await untilOver(context, Promise.all(takeAll));
  if (signal.aborted) throw new FarthingError("client_closed", "The caller left before the shared answer.");
  return new Map(came);
}

/** Resolves when `all` are over, the caller leaves, or it has waited long enough. */
function untilOver({ ports, signal, deadlineUs }: Context, all: Promise<unknown>): Promise<void> {
  const leftMs = Math.ceil((deadlineUs - ports.clock.monotonicUs()) / 1_000);
  return new Promise((resolve) => {
    const over = (): void => {
      cancel();
      signal.removeEventListener("abort", over);
      resolve();
    };
    const cancel = ports.clock.after(Math.max(0, Math.min(waitMsMax, leftMs)), over);
    signal.addEventListener("abort", over, { once: true });
    void all.then(over);
  });
}
