import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { FarthingConfig, ListenAddress } from "../spec/config.ts";
import { dialectNames, type DialectName, translatedDialects } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";
import type { VendorRow } from "../spec/vendor.ts";
import { checkShape } from "./check-shape.ts";
import type { ConfigDocument } from "./config-document.ts";
import { ConfigError, type ConfigProblem } from "./config-problem.ts";
import { firstSpeaker } from "./first-speaker.ts";
import { configSchema } from "./config-schema.ts";
import { createProblemList, type ProblemList } from "./problem-list.ts";
import { readYaml, type SourceDocument } from "./read-yaml.ts";
import { isLoopback, parseAddress } from "./resolve-address.ts";
import { resolveAlerts } from "./resolve-alerts.ts";
import { resolveBodies, resolveCache } from "./resolve-cache.ts";
import { resolveBudgets } from "./resolve-budgets.ts";
import { resolveEndpoints } from "./resolve-endpoints.ts";
import { resolveNetwork } from "./resolve-network.ts";
import { type PriceCheck, resolvePrices, resolvePriceUpdate } from "./resolve-prices.ts";
import { resolveRoutes } from "./resolve-routes.ts";
import { suggestName } from "./suggest-name.ts";

/** What a config is made of. */
export interface LoadConfigOptions {
  /** The file, as the user named it; null for the defaults. */
  readonly file: string | null;
  /** The document itself, in place of a file: `file` is null then, and relative paths start at the working directory. */
  readonly document?: object;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flags of the command line; they win over everything. */
  readonly overrides?: {
    /** `host:port` of the traffic listener. */
    readonly listen?: string;
    /** `host:port` of the admin listener. */
    readonly listenAdmin?: string;
    readonly dataDirectory?: string;
  };
  /** Number of this config: 1 at start, one more with every reload that took. */
  readonly generation: number;
  /** Rows of the vendor catalogue that `providers` may name. */
  readonly vendors: readonly VendorRow[];
  /** Checks one price document; absent: taken as it is. */
  readonly checkPrices?: PriceCheck;
}

/** A config that is ready, and what is odd about it without being wrong. */
export interface LoadedConfig {
  readonly config: FarthingConfig;
  /** Sentences for the operator; hold no secret. */
  readonly warnings: readonly string[];
}

const fileBytesMax = 1_048_576;

/**
 * Reads, checks and resolves the config. Precedence: flags, environment (FARTHING_DATA_DIR), file, defaults.
 * @throws ConfigError (code `config_invalid`) with every problem found, each with its place and fix.
 */
export function loadConfig(options: LoadConfigOptions): LoadedConfig {
  const source = sourceOf(options);
  const list = createProblemList(source);
  const document = checkShape(source?.value, list, configSchema);
  const config = document === null ? null : resolveDocument(document, options, list);
  if (config === null || list.problems.length > 0) {
    const problems = list.problems.toSorted(byLine);
    throw new ConfigError(options.document === undefined ? problems : problems.map(withoutLine));
  }
  warnOfEnvironment(options.env, list);
  if (options.file !== null && source !== null) warnOfLiteralKeys(config, source, list);
  return { config, warnings: list.warnings };
}

/** @throws ConfigError when the file cannot be read at all. */
function sourceOf({ file, document, env }: LoadConfigOptions): SourceDocument | null {
  // JSON is YAML: an object is read by the same rules as a file, its ${VARIABLES} too.
  if (document !== undefined) return readYaml(JSON.stringify(document, null, 1), "config", env);
  return file === null ? null : readSource(file, env);
}

/** An object has no lines; the path says which value is meant. */
function withoutLine(problem: ConfigProblem): ConfigProblem {
  return { ...problem, line: null, column: null };
}

/** @throws ConfigError when the file cannot be read at all. */
function readSource(file: string, env: LoadConfigOptions["env"]): SourceDocument {
  const refuse = (message: string, fix: string): never => {
    throw new ConfigError([{ source: file, line: null, column: null, path: "", message, fix }]);
  };
  let bytes: Uint8Array = new Uint8Array();
  try {
    bytes = readFileSync(file);
  } catch (error) {
    refuse(
      `the file cannot be read (${(error as NodeJS.ErrnoException).code ?? "unreadable"})`,
      "Correct the path or its mode.",
    );
  }
  if (bytes.length > fileBytesMax)
    refuse("the file is larger than 1 MiB", "A config is text written by hand; is this the right file?");
  const text = new TextDecoder().decode(bytes);
  // An editor or a deployment that writes in two steps shows an empty file for a moment; that must not mean "defaults".
  if (text.trim() === "") refuse("the file is empty", "Write at least a comment into it, or start without --config.");
  return readYaml(text, file, env);
}

function resolveDocument(
  document: ConfigDocument,
  options: LoadConfigOptions,
  list: ProblemList,
): FarthingConfig | null {
  const endpoints = resolveEndpoints(document, options, list);
  const traffic = resolveAddress(document.listen.traffic, options.overrides?.listen, "traffic", list);
  const admin = resolveAddress(document.listen.admin, options.overrides?.listenAdmin, "admin", list);
  if (traffic.port !== 0 && traffic.port === admin.port && traffic.host === admin.host) {
    list.add(["listen", "admin"], "is the same address as traffic", "Give the two listeners different ports.");
  }
  const file = options.file === null ? null : resolve(options.file);
  const dataDirectory = resolveDataDirectory(document, options, file);
  if (document.ledger.retention % 86_400_000 !== 0)
    list.add(["ledger", "retention"], "is not in whole days", "Write it as days, such as 400d.");
  const routes = resolveRoutes(document, endpoints, list);
  return {
    generation: options.generation,
    file,
    traffic,
    admin,
    allowOwnKeys: document.listen.allowOwnKeys ?? isLoopback(traffic.host),
    dataDirectory,
    endpoints,
    defaultEndpoints: resolveDefaultEndpoints(document, endpoints, list),
    routes,
    limits: document.limits,
    ledger: {
      durability: document.ledger.durability,
      syncWaitMsMax: document.ledger.syncWaitMax,
      spoolRowsMax: document.ledger.spoolRowsMax,
      retentionDays: Math.floor(document.ledger.retention / 86_400_000),
    },
    network: resolveNetwork(document.network, file, options.env, list),
    ...resolvePrices(document.prices, file, options.checkPrices, list),
    ...resolvePriceUpdate(dataDirectory, options.checkPrices, list),
    ...resolveCache(document, file, list),
    ...resolveBodies(document, routes, file, list),
    ...resolveBudgets(document, dataDirectory, list),
    ...resolveBalances(document, options, file),
    alerts: resolveAlerts(document.alerts, file, list),
    drainMs: document.drain,
  };
}

function resolveAddress(
  written: string,
  flag: string | undefined,
  name: "traffic" | "admin",
  list: ProblemList,
): ListenAddress {
  const address = parseAddress(flag ?? written);
  if (address !== null) return address;
  const fix = "Write host:port, such as 127.0.0.1:8787, or [::1]:8787 for IPv6.";
  if (flag === undefined) list.add(["listen", name], "is not an address", fix);
  else list.addOutside(name === "traffic" ? "--listen" : "--listen-admin", flag, "is not an address", fix);
  return { host: "127.0.0.1", port: 0 };
}

function resolveDataDirectory(document: ConfigDocument, options: LoadConfigOptions, file: string | null): string {
  const outside = options.overrides?.dataDirectory ?? options.env["FARTHING_DATA_DIR"];
  if (outside !== undefined && outside !== "") return expandPath(outside, ".", options);
  return expandPath(document.dataDirectory ?? "~/.farthing", file === null ? "." : dirname(file), options);
}

function resolveBalances(
  { balancesDirectory }: ConfigDocument,
  options: LoadConfigOptions,
  file: string | null,
): Pick<FarthingConfig, "balancesDirectory"> {
  if (balancesDirectory === undefined) return {};
  return { balancesDirectory: expandPath(balancesDirectory, file === null ? "." : dirname(file), options) };
}

/** `~` is the user's home; other paths start at `base`. */
function expandPath(path: string, base: string, { env }: LoadConfigOptions): string {
  if (path === "~" || path.startsWith("~/")) return join(env["HOME"] ?? homedir(), path.slice(1));
  return resolve(base, path);
}

/** The provider that the file names for a dialect, else the first whose own it is, else the first that speaks it. */
function resolveDefaultEndpoints(
  document: ConfigDocument,
  endpoints: readonly Endpoint[],
  list: ProblemList,
): FarthingConfig["defaultEndpoints"] {
  const chosen: Partial<Record<DialectName, string>> = {};
  for (const dialect of dialectNames) {
    const speakers = endpoints.filter((endpoint) => canAnswer(endpoint, dialect)).map((endpoint) => endpoint.id);
    const wanted = document.defaultProviders[dialect];
    if (wanted !== undefined && !speakers.includes(wanted) && !list.isWrong(["providers"])) {
      const near = suggestName(wanted, speakers);
      const advice = near === null ? `Those that do: ${speakers.join(", ") || "none"}.` : `Did you mean ${near}?`;
      list.add(["defaultProviders", dialect], `no provider called ${wanted} speaks ${dialect}`, advice);
    }
    const id = wanted ?? firstSpeaker(endpoints, dialect)?.id;
    if (id !== undefined) chosen[dialect] = id;
  }
  return chosen;
}

/** These tell clients where the gateway is; a gateway that obeyed them would call itself. */
function warnOfEnvironment(env: LoadConfigOptions["env"], list: ProblemList): void {
  for (const name of ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL"]) {
    if (env[name])
      list.warn(`${name} is for clients; the gateway ignores it. A provider's address is providers.<name>.baseUrl.`);
  }
}

function warnOfLiteralKeys(config: FarthingConfig, source: SourceDocument, list: ProblemList): void {
  const keys = config.endpoints.flatMap(({ id, serverKey }) =>
    serverKey === null ? [] : [{ path: ["providers", id, "key"], whose: `provider ${id}` }],
  );
  if (config.bodies !== undefined) keys.push({ path: ["bodies", "key"], whose: "the stored bodies" });
  for (const { path, whose } of keys) {
    const written = source.places.get(JSON.stringify(path));
    if (written === undefined || written.isReference) continue;
    const isOpen = (statSync(config.file ?? ".").mode & 0o077) !== 0;
    const reach = isOpen ? " and others on this machine may read the file" : "";
    list.warn(`The key of ${whose} stands in the config file itself${reach}; prefer \${VARIABLE} or file:/path.`);
  }
}

function byLine(left: { readonly line: number | null; readonly column: number | null }, right: typeof left): number {
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);
}

/** It speaks the dialect, or one that the dialect is translated into. */
function canAnswer({ dialects }: Endpoint, dialect: DialectName): boolean {
  if (dialects.includes(dialect)) return true;
  return translatedDialects.includes(dialect) && dialects.some((own) => translatedDialects.includes(own));
}
