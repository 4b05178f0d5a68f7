import type { LogLine } from "../assembly/alarms.ts";
import { createEngine } from "../assembly/create-engine.ts";
import type { Engine, EngineOptions } from "../assembly/engine.ts";
import { checkListening } from "../assembly/listening-rules.ts";
import type { FarthingConfig, ListenAddress } from "../spec/config.ts";
import { createAdminRoutes } from "./admin-routes.ts";
import { drainCalls } from "./drain-calls.ts";
import { type Listener, startListener } from "./listener.ts";
import { logToStderr } from "./log-to-stderr.ts";
import { watchReaders, writeStallMsDefault } from "./stalled-readers.ts";
import { createSurface, type Surface } from "./surface.ts";
import { createTrafficRoutes } from "./traffic-routes.ts";

/** What a gateway is started with. */
export interface StartGatewayOptions {
  readonly config: FarthingConfig;
  /** Parts of the engine to replace, for tests and measurements. */
  readonly engineOptions?: Omit<EngineOptions, "log">;
  /** Takes one object for each failure, alarm and change. Default: JSON lines on stderr. */
  readonly log?: LogLine;
  /** Longest time in which a caller takes nothing of its answer before it is cut, milliseconds. Default 60,000. */
  readonly writeStallMs?: number;
}

/** A gateway that takes calls. */
export interface RunningGateway {
  /** Where the two listeners really listen. */
  readonly traffic: ListenAddress;
  readonly admin: ListenAddress;
  readonly engine: Engine;
  /** To be shown to a person now: the new local key is stored nowhere. Empty but at the first start. */
  readonly firstStartNotices: readonly string[];
  /** Puts another config in force; addresses and the data directory stay as they were at the start. */
  reload(config: FarthingConfig): void;
  /** Takes no new calls, gives open ones the config's drain time, ends the rest with an error, closes the ledger last. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts both listeners.
 * Rejects with FarthingError `config_invalid`, nothing left behind, when an address or the data directory cannot be had.
 */
export async function startGateway(options: StartGatewayOptions): Promise<RunningGateway> {
  const { config, engineOptions = {} } = options;
  const log = options.log ?? logToStderr;
  const engine = await createEngine(config, { alerts: engineOptions.ledger === undefined, ...engineOptions, log });
  const surface = createSurface(engine, log);
  const listeners: Listener[] = [];
  try {
    checkListening(config, engine.credentials.localKeyCount);
    const traffic = { name: "traffic", flag: "--listen" } as const;
    const clients = await startListener(surface, traffic, config.traffic, createTrafficRoutes(surface));
    listeners.push(clients);
    const admin = { name: "admin", flag: "--listen-admin" } as const;
    listeners.push(await startListener(surface, admin, config.admin, createAdminRoutes(surface, clients.address)));
  } catch (error) {
    for (const listener of listeners) listener.stop();
    await engine.close(0);
    throw error;
  }
  const stopWatch = watchReaders(surface, options.writeStallMs ?? writeStallMsDefault);
  return runningGateway(surface, listeners as [Listener, Listener], stopWatch);
}

function runningGateway(
  surface: Surface,
  [traffic, admin]: readonly [Listener, Listener],
  stopWatch: () => void,
): RunningGateway {
  const { engine } = surface;
  let closing: Promise<void> | null = null;
  return {
    traffic: traffic.address,
    admin: admin.address,
    engine,
    firstStartNotices: engine.firstStartNotices,
    reload: (config) => engine.reload(config),
    close: () => (closing ??= drain(surface, traffic, admin).finally(stopWatch)),
  };
}

async function drain(surface: Surface, traffic: Listener, admin: Listener): Promise<void> {
  traffic.stop();
  await drainCalls(surface);
  traffic.cut();
  await surface.engine.close();
  admin.stop();
  admin.cut();
}
