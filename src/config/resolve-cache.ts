import type { BodySettings, CacheSettings, FarthingConfig } from "../spec/config.ts";
import { contentLives } from "../spec/content-class.ts";
import type { ExactCachePolicy, Route } from "../spec/route.ts";
import type { RouteCacheDocument } from "./cache-schema.ts";
import type { ConfigDocument } from "./config-document.ts";
import type { ConfigPath } from "./config-problem.ts";
import { formatDuration } from "./parse-duration.ts";
import type { ProblemList } from "./problem-list.ts";
import { readSecret } from "./read-secret.ts";

/** A shorter one could be guessed. */
const bodyKeyLengthMin = 32;

/** A route's cache with its life filled in from its content class. */
export function resolveRouteCache(document: RouteCacheDocument, path: ConfigPath, list: ProblemList): ExactCachePolicy {
  const life = contentLives[document.contentClass];
  if (life === null && document.ttl !== undefined) {
    const fix = "Leave ttl out, or name another class.";
    list.add([...path, "ttl"], `answers of class ${document.contentClass} are never stored`, fix);
  } else if (life !== null && document.ttl !== undefined && document.ttl > life.maxMs) {
    const longest = formatDuration(life.maxMs);
    list.add(
      [...path, "ttl"],
      `is longer than answers of class ${document.contentClass} live`,
      `At most ${longest}, or name another class.`,
    );
  }
  const { ttl, staleFor, refusalTtl, ...rest } = document;
  return {
    ...rest,
    ttlMs: life === null ? 0 : (ttl ?? life.usualMs),
    staleMs: staleFor,
    refusalMs: refusalTtl,
  };
}

/** Checks the address of the shared store and reads its secret. */
export function resolveCache(
  { cache }: ConfigDocument,
  configFile: string | null,
  list: ProblemList,
): { readonly cache: CacheSettings } {
  const shared = cache.store === "redis" || cache.store === "postgres";
  const read = readSecret(cache.url ?? "", configFile);
  if (!read.ok) list.add(["cache", "url"], read.message, read.fix);
  const url = read.ok ? read.secret : null;
  if (read.ok && shared) checkAddress(cache.store, url, list);
  if (!shared && cache.url !== undefined)
    list.warn(`cache.url is not used by the store ${cache.store}; take it out, or name redis or postgres.`);
  return {
    cache: {
      store: cache.store,
      memoryBytesMax: cache.memory,
      bytesMax: cache.bytesMax,
      url: shared ? url : null,
      prefix: cache.prefix,
      waitMsMax: cache.waitMax,
      cpuHourPicoUsd: cache.cpuHourUsd,
    },
  };
}

function checkAddress(store: CacheSettings["store"], url: string | null, list: ProblemList): void {
  const schemes = store === "redis" ? ["redis:", "rediss:", "valkey:", "valkeys:"] : ["postgres:", "postgresql:"];
  const fix = `Write url: \${VARIABLE} with an address such as ${schemes[0] ?? ""}//user:password@host/0.`;
  if (url === null) list.add(["cache", "url"], `the store ${store} needs an address`, fix);
  // What was written may hold a password, so it is not repeated.
  else if (!URL.canParse(url) || !schemes.includes(new URL(url).protocol))
    list.add(["cache", "url"], `is not an address of ${store}`, fix);
}

/** The key of the body store, where a route keeps bodies: without one nothing starts. */
export function resolveBodies(
  document: ConfigDocument,
  routes: readonly Route[],
  configFile: string | null,
  list: ProblemList,
): Pick<FarthingConfig, "bodies"> {
  const { key, retention } = document.bodies;
  const keeping = routes.find((route) => route.storeBodies);
  const read = readSecret(key ?? "", configFile);
  if (!read.ok) list.add(["bodies", "key"], read.message, read.fix);
  const secret = read.ok ? (read.secret ?? "") : null;
  const fix = "Write key: ${VARIABLE} or key: file:/path; openssl rand -hex 32 makes one.";
  if (secret === "" && keeping !== undefined) {
    const why = keeping.compliance ? "is a compliance route" : "keeps bodies";
    list.add(["bodies", "key"], `route ${keeping.name} ${why}, and bodies are kept encrypted only`, fix);
  } else if (secret !== null && secret !== "" && secret.length < bodyKeyLengthMin) {
    list.add(["bodies", "key"], `is shorter than ${bodyKeyLengthMin} characters`, fix);
  }
  if (retention % 86_400_000 !== 0)
    list.add(["bodies", "retention"], "is not in whole days", "Write it as days, such as 365d.");
  if (secret === null || secret === "") return {};
  const bodies: BodySettings = { key: secret, retentionDays: Math.floor(retention / 86_400_000) };
  return { bodies };
}
