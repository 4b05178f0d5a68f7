import type { DialectName } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";
import type { VendorRow } from "../spec/vendor.ts";
import type { ProviderDocument } from "./config-document.ts";

/** What a provider takes over from its vendor's row. */
export type VendorFacts = Omit<VendorRow, "capabilities" | "status" | "sources">;

/** A provider of the file with its vendor's row behind it: what the file says wins, word for word. */
export function joinVendor(
  id: string,
  provider: ProviderDocument,
  row: VendorFacts,
  address: Pick<Endpoint, "origin" | "basePath">,
  serverKey: string | null,
): Endpoint {
  const dialects = provider.dialects ?? row.dialects;
  const paths = pathsOf(provider, row, dialects);
  const everyPath = dialects.map((dialect) => paths[dialect] ?? null);
  const keyless = serverKey === null && (provider.keyless ?? row.keyless);
  return {
    id,
    vendor: row.id,
    origin: address.origin,
    basePath: withoutOverlap(address.basePath, everyPath),
    dialects,
    keyHeader: provider.keyHeader ?? row.keyHeader,
    keyPrefix: provider.keyPrefix ?? row.keyPrefix,
    requestIdHeader: provider.requestIdHeader ?? row.requestIdHeader,
    ...(Object.keys(paths).length === 0 ? {} : { paths }),
    quirks: { ...row.quirks, ...given({ acceptsStreamUsage: provider.acceptsStreamUsage }), ...given(provider.quirks) },
    serverKey,
    ...(keyless ? { keyless } : {}),
    ...(provider.region === undefined ? {} : { region: provider.region }),
  };
}

function pathsOf(
  provider: ProviderDocument,
  row: VendorFacts,
  dialects: readonly DialectName[],
): Partial<Record<DialectName, string>> {
  const paths: Partial<Record<DialectName, string>> = {};
  for (const dialect of dialects) {
    const path = provider.paths?.[dialect] ?? row.paths[dialect];
    if (path !== undefined) paths[dialect] = path;
  }
  return paths;
}

/**
 * An address may be written with the part that all paths begin with or without it: `https://mine.example/openai/v1` and
 * `https://mine.example` are the same where every path begins with `/openai/`. Null stands for a dialect's own path.
 */
function withoutOverlap(basePath: string, paths: readonly (string | null)[]): string {
  const segments = basePath.split("/");
  for (let from = 1; from < segments.length; from++) {
    const end = `/${segments.slice(from).join("/")}/`;
    if (paths.length > 0 && paths.every((path) => path?.startsWith(end) === true)) {
      return withoutOverlap(segments.slice(0, from).join("/"), paths);
    }
  }
  return basePath;
}

/** What is given, without what is not. */
function given<Given extends object>(
  fields: Given | undefined,
): { [Name in keyof Given]?: Exclude<Given[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Given]?: Exclude<Given[Name], undefined>;
  };
}
