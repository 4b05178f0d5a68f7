import { OutputSizes } from "../policies/output-sizes.ts";
import { buildPipeline } from "../pipeline/order.ts";
import { createUndiciTransport } from "../providers/transport/undici-transport.ts";
import type { BudgetAdmission } from "../spec/budget.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { EnginePorts } from "../spec/context.ts";
import type { PriceBook } from "../spec/prices.ts";
import type { Route } from "../spec/route.ts";
import type { Handler } from "../spec/stage.ts";
import { createCredentials, type Credentials } from "./access/credentials.ts";
import type { KeyedDigests } from "./access/keyed-digests.ts";
import { usualCache } from "./answers/open-answer-store.ts";
import { ownKeysAllowed } from "./listening-rules.ts";
import { readLocalKeys } from "./access/local-keys.ts";
import { createTransportHolder } from "./transport-holder.ts";

/** The two ways of a route: with its optimisations, and with none. */
export interface RoutePipelines {
  readonly normal: Handler;
  readonly bypass: Handler;
}

/** A config in force with everything that is built from it. Requests keep the one they started under. */
export interface LiveConfig {
  readonly config: FarthingConfig;
  readonly ports: EnginePorts;
  readonly credentials: Credentials;
  readonly ownKeysAllowed: boolean;
  readonly pipelines: ReadonlyMap<Route, RoutePipelines>;
}

/** Makes live configs, one after the other. */
export interface ConfigBuilder {
  build(config: FarthingConfig): LiveConfig;
  /** Closes the connections of every config built. */
  close(): Promise<void>;
}

/** Ports that outlive a config: stores, ledger, clock. */
export type LastingPorts = Omit<
  EnginePorts,
  "transport" | "durability" | "configGeneration" | "prices" | "budgets" | "cpuHourPicoUsd"
>;

/** What is made anew for each config. */
export interface ConfigParts {
  readonly priceBookOf: (config: FarthingConfig) => PriceBook;
  /** Null where the config has no budgets. Balances outlive the config. */
  readonly admissionOf: (config: FarthingConfig) => BudgetAdmission | null;
}

/** A builder over `ports`, which every config shares. The local keys are read anew for each config. */
export function createConfigBuilder(
  keysFile: string,
  digests: KeyedDigests,
  { priceBookOf, admissionOf }: ConfigParts,
  ports: LastingPorts,
): ConfigBuilder {
  const transports = createTransportHolder(ports.clock, ({ network, limits }) =>
    createUndiciTransport(network, limits.replyBytesMax),
  );
  const outputs = new OutputSizes();
  return {
    build: (config) => {
      // Everything that may fail comes before the transport is exchanged: a config that is not taken retires nothing.
      const credentials = createCredentials(readLocalKeys(keysFile), digests, ports.clock.nowMs);
      const prices = priceBookOf(config);
      const pipelines = buildPipelines(config, outputs);
      const budgets = admissionOf(config);
      const { durability } = config.ledger;
      const { cpuHourPicoUsd } = config.cache ?? usualCache;
      const own = { prices, budgets, durability, cpuHourPicoUsd, configGeneration: config.generation };
      return {
        config,
        ports: { ...ports, ...own, transport: transports.current(config) },
        credentials,
        ownKeysAllowed: ownKeysAllowed(config),
        pipelines,
      };
    },
    close: () => transports.close(),
  };
}

/** Builds the pipelines of every route of `config`. */
function buildPipelines(config: FarthingConfig, outputs: OutputSizes): ReadonlyMap<Route, RoutePipelines> {
  const spending = { budgets: config.budgets ?? [], outputs };
  const pipelines = new Map<Route, RoutePipelines>();
  for (const route of config.routes) {
    pipelines.set(route, {
      normal: buildPipeline(route, false, spending),
      bypass: buildPipeline(route, true, spending),
    });
  }
  return pipelines;
}
