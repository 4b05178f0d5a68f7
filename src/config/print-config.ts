import { stringify } from "yaml";
import type { FarthingConfig } from "../spec/config.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";
import type { Route, TargetRule } from "../spec/route.ts";
import type { Endpoint } from "../spec/target.ts";
import { formatDuration } from "./parse-duration.ts";
import { formatSize } from "./parse-size.ts";
import { describeAlerts } from "./print-alerts.ts";
import { describeBudget } from "./print-budget.ts";
import { describeCache, describeRouteCache } from "./print-cache.ts";
import { formatAddress } from "./resolve-address.ts";

/** Stands where a secret is. */
export const hiddenSecret = "***";

/**
 * The config in force as text of a config file: every default filled in, every secret as `***`. Reads back as the same
 * config once the secrets are put in.
 */
export function printConfig(config: FarthingConfig): string {
  return stringify(describeConfig(config), escapeReferences, { lineWidth: 0 });
}

/** A plain `${` in a value (a model's name, say) would be taken for a reference when read back. */
function escapeReferences(_key: unknown, value: unknown): unknown {
  return typeof value === "string" ? value.replaceAll("${", () => "$${") : value;
}

/** What `printConfig` prints, as JSON values. */
export function describeConfig(config: FarthingConfig): JsonObject {
  return {
    listen: {
      traffic: formatAddress(config.traffic),
      admin: formatAddress(config.admin),
      ...(config.allowOwnKeys === undefined ? {} : { allowOwnKeys: config.allowOwnKeys }),
    },
    dataDirectory: config.dataDirectory,
    providers: Object.fromEntries(config.endpoints.map((endpoint) => [endpoint.id, describeEndpoint(endpoint)])),
    defaultProviders: { ...config.defaultEndpoints },
    routes: config.routes.map(describeRoute),
    limits: {
      bodyBytesMax: formatSize(config.limits.bodyBytesMax),
      jsonDepthMax: config.limits.jsonDepthMax,
      replyBytesMax: formatSize(config.limits.replyBytesMax),
      inFlightMax: config.limits.inFlightMax,
    },
    ledger: {
      durability: config.ledger.durability,
      syncWaitMax: formatDuration(config.ledger.syncWaitMsMax),
      spoolRowsMax: config.ledger.spoolRowsMax,
      retention: `${config.ledger.retentionDays}d`,
    },
    network: describeNetwork(config),
    ...(config.priceFiles === undefined ? {} : { prices: [...config.priceFiles] }),
    ...(config.zone === undefined ? {} : { zone: config.zone }),
    ...(config.balancesDirectory === undefined ? {} : { balancesDirectory: config.balancesDirectory }),
    ...(config.cache === undefined ? {} : { cache: describeCache(config.cache, hiddenSecret) }),
    ...(config.bodies === undefined
      ? {}
      : { bodies: { key: hiddenSecret, retention: `${config.bodies.retentionDays}d` } }),
    budgets: (config.budgets ?? []).map(describeBudget),
    ...(config.alerts === undefined ? {} : { alerts: describeAlerts(config.alerts) }),
    drain: formatDuration(config.drainMs),
  };
}

function describeEndpoint(endpoint: Endpoint): JsonObject {
  return {
    vendor: endpoint.vendor,
    // One /v1 at the end is understood, so a path that itself ends in it is shown with both.
    baseUrl: endpoint.origin + endpoint.basePath + (endpoint.basePath.endsWith("/v1") ? "/v1" : ""),
    // What is in force was accepted once; without this the text would not read back.
    ...(endpoint.origin.startsWith("http:") ? { allowHttp: true } : {}),
    ...(endpoint.serverKey === null ? {} : { key: hiddenSecret }),
    // A key rules it out; without one the word stands, because the vendor's row may say otherwise.
    ...(endpoint.serverKey === null ? { keyless: endpoint.keyless === true } : {}),
    ...(endpoint.region === undefined ? {} : { region: endpoint.region }),
    dialects: [...endpoint.dialects],
    keyHeader: endpoint.keyHeader,
    keyPrefix: endpoint.keyPrefix,
    requestIdHeader: endpoint.requestIdHeader,
    ...(endpoint.paths === undefined ? {} : { paths: { ...endpoint.paths } }),
    quirks: { ...endpoint.quirks },
  };
}

function describeRoute(route: Route): JsonObject {
  return {
    name: route.name,
    match: { ...(route.match as JsonObject) },
    compliance: route.compliance,
    storeBodies: route.storeBodies,
    exactCache: describeRouteCache(route.exactCache),
    coalesce: { enabled: route.coalesce.enabled },
    addStreamUsage: route.addStreamUsage,
    targets: route.rules.map(describeRule),
    retry: {
      enabled: route.retry.enabled,
      attemptsMax: route.retry.attemptsMax,
      backoff: formatDuration(route.retry.backoffMs),
      backoffMax: formatDuration(route.retry.backoffMsMax),
      retryAmbiguous: route.retry.retryAmbiguous,
    },
    timeouts: {
      connect: formatDuration(route.timeouts.connectMs),
      firstByte: formatDuration(route.timeouts.firstByteMs),
      idle: formatDuration(route.timeouts.idleMs),
      total: formatDuration(route.timeouts.totalMs),
    },
    abort: {
      mode: route.abort.mode,
      drainMax: formatDuration(route.abort.drainMsMax),
      drainBytesMax: formatSize(route.abort.drainBytesMax),
    },
  };
}

function describeRule(rule: TargetRule): JsonValue {
  return {
    name: rule.name,
    when: { ...(rule.when as JsonObject) },
    use: rule.use.map((target) => `${target.endpoint.id}/${target.model}`),
  };
}

function describeNetwork(config: FarthingConfig): JsonObject {
  const { httpsProxy, noProxy, extraCaFile, connectionsPerOrigin } = config.network;
  return {
    // Empty means none; an absent one would mean the environment's.
    httpsProxy: httpsProxy === null ? "" : hidePassword(httpsProxy),
    ...(noProxy.length === 0 ? {} : { noProxy: [...noProxy] }),
    ...(extraCaFile === undefined || extraCaFile === null ? {} : { extraCaFile }),
    connectionsPerOrigin,
  };
}

/** An address with `***` for a user name and password, where it has them. */
export function hidePassword(address: string): string {
  const url = new URL(address);
  if (url.username === "" && url.password === "") return address;
  url.username = hiddenSecret;
  url.password = "";
  return url.toString();
}
