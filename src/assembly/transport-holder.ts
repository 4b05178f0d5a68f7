import type { Clock } from "../spec/clock.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { Transport } from "../spec/transport.ts";

/** A transport that can be closed. */
export type ClosableTransport = Transport & { close(): Promise<void> };

/** The transport in force, replaced only when the network's settings changed; a replaced one serves what began on it. */
export interface TransportHolder {
  current(config: FarthingConfig): ClosableTransport;
  close(): Promise<void>;
}

/** `make` builds a transport for a config. */
export function createTransportHolder(
  clock: Clock,
  make: (config: FarthingConfig) => ClosableTransport,
): TransportHolder {
  let held: { readonly transport: ClosableTransport; readonly settings: string; readonly totalMs: number } | null =
    null;
  const retired = new Set<ClosableTransport>();
  return {
    current: (config) => {
      const settings = JSON.stringify([config.network, config.limits.replyBytesMax]);
      if (held?.settings === settings) return held.transport;
      if (held !== null) {
        const { transport, totalMs } = held;
        retired.add(transport);
        // A request that began on it may still retry until its whole time is over.
        clock.after(totalMs, () => {
          retired.delete(transport);
          transport.close().catch(() => undefined);
        });
      }
      const totalMs = Math.max(...config.routes.map((route) => route.timeouts.totalMs));
      held = { transport: make(config), settings, totalMs };
      return held.transport;
    },
    close: async () => {
      const open = held === null ? [...retired] : [...retired, held.transport];
      await Promise.allSettled(open.map((transport) => transport.close()));
    },
  };
}
