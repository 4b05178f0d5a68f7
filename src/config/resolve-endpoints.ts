import { dialectNames } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";
import type { VendorRow } from "../spec/vendor.ts";
import type { ConfigDocument, ProviderDocument } from "./config-document.ts";
import { joinVendor, type VendorFacts } from "./join-vendor.ts";
import { dialectHeaders, ownServerQuirks } from "./dialect-defaults.ts";
import type { ProblemList } from "./problem-list.ts";
import { readSecret } from "./read-secret.ts";
import { resolveBaseUrl } from "./resolve-base-url.ts";
import { suggestName } from "./suggest-name.ts";

/** What the providers of a config are joined with. */
export interface EndpointSources {
  readonly file: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly vendors: readonly VendorRow[];
}

/** Providers without a `providers` section, and the variable that holds the key of each. */
const defaultProviders: Readonly<Record<string, string>> = {
  openai: "OPENAI_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  google: "GEMINI_API_KEY",
};

/** Joins the providers of the file, or the default ones, with their vendors' rows. Wrong ones are left out and listed. */
export function resolveEndpoints(document: ConfigDocument, sources: EndpointSources, list: ProblemList): Endpoint[] {
  if (document.providers === undefined) return resolveDefaults(sources, list);
  const endpoints: Endpoint[] = [];
  for (const [id, provider] of Object.entries(document.providers)) {
    const endpoint = resolveProvider(id, provider, sources, list);
    if (endpoint !== null) endpoints.push(endpoint);
  }
  if (Object.keys(document.providers).length === 0) {
    list.add(["providers"], "names no provider", "Add one, such as openai: {}, or leave the section out.");
  }
  return endpoints;
}

function resolveDefaults(sources: EndpointSources, list: ProblemList): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const [id, variable] of Object.entries(defaultProviders)) {
    const row = sources.vendors.find((vendor) => vendor.id === id);
    if (row === undefined || row.baseUrl === null) continue;
    const secret = readSecret(sources.env[variable] ?? "", null);
    if (!secret.ok) list.warn(`${variable} is ignored: ${secret.message}. ${secret.fix}`);
    const address = resolveBaseUrl(row.baseUrl, false);
    if (address.ok) endpoints.push(joinVendor(id, {}, row, address, secret.ok ? secret.secret : null));
  }
  return endpoints;
}

function resolveProvider(
  id: string,
  provider: ProviderDocument,
  sources: EndpointSources,
  list: ProblemList,
): Endpoint | null {
  const isWrong = list.isWrong(["providers", id]);
  const row = findVendor(id, provider, sources.vendors);
  const serverKey = serverKeyOf(id, provider, sources, list);
  if (provider.keyless === true && serverKey !== null) {
    list.add(["providers", id, "keyless"], "contradicts the key beside it", "Take out keyless, or the key.");
  }
  checkQuirks(id, provider, row, list);
  const baseUrl = provider.baseUrl ?? row?.baseUrl ?? null;
  const address = baseUrl === null ? null : resolveBaseUrl(baseUrl, provider.allowHttp === true);
  if (address?.ok === false) list.add(["providers", id, "baseUrl"], address.message, address.fix);
  // Once something is wrong in it, what looks missing may only have been taken out.
  if (row === null && !isWrong) refuseVendor(id, provider, sources.vendors, list);
  else if (address === null && !isWrong) refuseAddress(id, row, sources.vendors, list);
  return row === null || address === null || !address.ok ? null : joinVendor(id, provider, row, address, serverKey);
}

function refuseAddress(id: string, row: VendorFacts | null, vendors: readonly VendorRow[], list: ProblemList): void {
  const isKnown = row !== null && vendors.some((vendor) => vendor.id === row.id);
  const message = isKnown ? `has no baseUrl, and ${row.name} has none that is everybody's` : "has no baseUrl";
  list.add(["providers", id], message, `Add baseUrl: with the address of ${isKnown ? "yours" : "its API"}.`);
}

/** What is odd in a provider's own words about how its server speaks. */
function checkQuirks(id: string, provider: ProviderDocument, row: VendorFacts | null, list: ProblemList): void {
  const { acceptsStreamUsage: older, quirks } = provider;
  const newer = quirks?.acceptsStreamUsage;
  if (older !== undefined && newer !== undefined && older !== newer) {
    const fix = "Keep the one under quirks; this is its older spelling.";
    list.add(["providers", id, "acceptsStreamUsage"], "contradicts quirks.acceptsStreamUsage", fix);
  }
  const spoken = provider.dialects ?? row?.dialects ?? [];
  for (const dialect of dialectNames) {
    if (provider.paths?.[dialect] === undefined || spoken.includes(dialect) || spoken.length === 0) continue;
    const fix = `Those it speaks: ${spoken.join(", ")}.`;
    list.add(["providers", id, "paths", dialect], "is a dialect that this provider does not speak", fix, "key");
  }
}

/** The vendor's row; for a provider that none describes, one made of its own settings. */
function findVendor(id: string, provider: ProviderDocument, vendors: readonly VendorRow[]): VendorFacts | null {
  const wanted = provider.vendor ?? id;
  const row = vendors.find((vendor) => vendor.id === wanted);
  if (row !== undefined) return row;
  const dialect = provider.dialects?.[0];
  if (dialect === undefined) return null;
  return {
    id: wanted,
    name: wanted,
    baseUrl: null,
    dialects: [],
    paths: {},
    keyless: false,
    quirks: ownServerQuirks,
    ...dialectHeaders[dialect],
  };
}

function refuseVendor(id: string, provider: ProviderDocument, vendors: readonly VendorRow[], list: ProblemList): void {
  const wanted = provider.vendor ?? id;
  const known = vendors.map((vendor) => vendor.id);
  const near = suggestName(wanted, known);
  const advice = near === null ? `Known: ${known.join(", ")}.` : `Did you mean ${near}?`;
  const path = provider.vendor === undefined ? ["providers", id] : ["providers", id, "vendor"];
  const part = provider.vendor === undefined ? "key" : "value";
  list.add(path, `no vendor is called ${wanted}`, `${advice} A server of your own needs baseUrl and dialects.`, part);
}

function serverKeyOf(
  id: string,
  provider: ProviderDocument,
  sources: EndpointSources,
  list: ProblemList,
): string | null {
  const variable = defaultProviders[provider.vendor ?? id];
  if (provider.key === undefined) {
    if (provider.keyless !== true && variable !== undefined && sources.env[variable] !== undefined) {
      list.warn(
        `${variable} is set, but provider ${id} has no key: callers bring their own. To use it, add key: \${${variable}}.`,
      );
    }
    return null;
  }
  const secret = readSecret(provider.key, sources.file);
  if (!secret.ok) {
    list.add(["providers", id, "key"], secret.message, secret.fix);
    return null;
  }
  return secret.secret;
}
