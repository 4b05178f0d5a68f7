import * as z from "zod";
import { isolations } from "../spec/cache-scope.ts";
import { answerStoreNames, type CacheSettings } from "../spec/config.ts";
import { type ContentClass, contentClasses } from "../spec/content-class.ts";
import type { Isolation } from "../spec/cache-scope.ts";
import { choice, duration, flag, name, section, share, size, text, wording } from "./field-types.ts";
import { parseUsd } from "./parse-usd.ts";

/** The cache of one route as parsed. Durations are milliseconds, sizes bytes. */
export interface RouteCacheDocument {
  readonly enabled: boolean;
  readonly contentClass: ContentClass;
  readonly ttl?: number | undefined;
  readonly staleFor: number;
  readonly refusalTtl: number;
  readonly entryBytesMax: number;
  readonly isolation: Isolation;
  readonly normalised: boolean;
  readonly acrossDialects: boolean;
  readonly pureTools: readonly string[];
  readonly variety: boolean;
  readonly usefulShareMin: number;
}

/** Where answers are kept, as parsed. */
export interface CacheDocument {
  readonly store: CacheSettings["store"];
  readonly memory: number;
  readonly bytesMax: number;
  readonly url?: string | undefined;
  readonly prefix: string;
  readonly waitMax: number;
  readonly cpuHourUsd: bigint;
}

/** How bodies are kept, as parsed. */
export interface BodyDocument {
  readonly key?: string | undefined;
  readonly retention: number;
}

const day = 86_400_000;

/** `routes[].exactCache`. */
export const routeCacheSection: z.ZodType<RouteCacheDocument, unknown> = section({
  enabled: flag().prefault(false).describe("Answer repeats from the store."),
  contentClass: choice(contentClasses)
    .prefault("unlabelled")
    .describe("How fast answers grow old; see the table of lives below."),
  ttl: duration(1000, 30 * day)
    .optional()
    .describe("Life of an entry; reading never renews it. Default: as the content class says."),
  staleFor: duration(0, 30 * day)
    .prefault("0s")
    .describe("Past its life, serve an answer that much longer while a fresh one is fetched; 0s: never."),
  refusalTtl: duration(0, 60_000)
    .prefault("30s")
    .describe("Life of a refusal (400, 404, 413, 422) that every repeat would meet; 0s: not stored."),
  entryBytesMax: size(1, 67_108_864).prefault("1MiB").describe("Larger answers are not stored."),
  isolation: choice(isolations)
    .prefault("tenant")
    .describe("Who shares answers: all keys of a tenant, one credential, or one end user (x-farthing-user)."),
  normalised: flag()
    .prefault(false)
    .describe("Requests that differ in case, spaces, greetings and end marks of their last text only are one."),
  acrossDialects: flag().prefault(false).describe("An answer bought in one dialect serves callers of another."),
  pureTools: z
    .array(text(), { error: wording("must be a list of names", "Write [first, second].") })
    .max(100, wording("names more than 100 tools", "Keep those that are called often."))
    .prefault([])
    .describe("Tools whose calls have no effect: answers that call only these may be stored."),
  variety: flag().prefault(false).describe("Store answers to requests that ask for variety too."),
  usefulShareMin: share()
    .prefault(0.15)
    .describe("Stop storing where fewer lookups than this share find a useful answer; 0: never stop."),
});

/** `cache`. */
export const cacheSection: z.ZodType<CacheDocument, unknown> = section({
  store: choice(answerStoreNames)
    .prefault("sqlite")
    .describe("Where answers are kept behind the tier in memory; redis and postgres are shared by gateways."),
  memory: size(65_536, 1_099_511_627_776).prefault("256MiB").describe("Bytes of the tier in this process."),
  bytesMax: size(65_536, 1_099_511_627_776).prefault("1GiB").describe("Bytes in the store behind it."),
  url: z
    .string({ error: wording("must be text", "Write url: ${NAME_OF_VARIABLE} or url: file:/path.") })
    .optional()
    .describe("Address of the server, redis://, rediss:// (TLS) or postgres://, as ${VARIABLE} or file:/path."),
  prefix: name().prefault("farthing").describe("Before every name in a shared server; keeps installations apart."),
  waitMax: duration(1, 10_000).prefault("20ms").describe("Longest wait for the store behind the tier."),
  cpuHourUsd: z
    .union([z.string(), z.number().transform(String)], { error: wording("is not an amount", "Write 0.04.") })
    .prefault("0.04")
    .transform((value) => parseUsd(value) ?? -1n)
    .refine((value) => value >= 0n, { error: wording("is not an amount in USD", "Write it as 0.04.") })
    .describe("Price of an hour of one processor; each hit is charged for its lookup."),
});

/** `bodies`. */
export const bodySection: z.ZodType<BodyDocument, unknown> = section({
  key: z
    .string({ error: wording("must be text", "Write key: ${NAME_OF_VARIABLE} or key: file:/path.") })
    .optional()
    .describe("Secret that stored bodies are encrypted with, at least 32 characters, as ${VARIABLE} or file:/path."),
  retention: duration(day, 36_500 * day)
    .prefault("365d")
    .describe("Older bodies are deleted; whole days."),
});

/** Kept here so that the lists of the file and of the schema are one. */
export const routeBodiesFlag: z.ZodType<boolean, unknown> = flag()
  .prefault(false)
  .describe("Keep full requests and replies in the body store; a compliance route always does.");
