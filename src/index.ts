/** The public entry: Farthing in a process of one's own, without a port or as a gateway, and the engine behind both. */
export { createEngine } from "./assembly/create-engine.ts";
export type { Engine, EngineCall, EngineOptions, EngineStatus } from "./assembly/engine.ts";
export { type LoadedConfig, readConfig as loadConfig, type ReadConfigOptions } from "./assembly/read-config.ts";
export { type RunningGateway, startGateway, type StartGatewayOptions } from "./gateway/server.ts";
export { FarthingError } from "./kit/farthing-error.ts";
export { createFarthing, type Farthing, type FarthingOptions } from "./library/create-farthing.ts";
export type { FarthingConfig } from "./spec/config.ts";
export type { RequestRecord } from "./spec/ledger.ts";
