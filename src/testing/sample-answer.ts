import type { AnswerTicket, StoredAnswer } from "../spec/answer-store.ts";
import type { CacheScope } from "../spec/cache-scope.ts";
import type { Scope } from "../spec/caller.ts";

/** When the sample answers were stored; they end an hour later. */
export const sampleStoredAtMs = 1_767_225_600_000;

/** The scope of an owner that shares with all its keys, or of one partition of it. */
export function sampleScope(owner: string, partition: string = owner): CacheScope {
  return { owner: owner as Scope, isolation: partition === owner ? "tenant" : "user", partition: partition as Scope };
}

/** An answer as a stage would store it: a stream of two pieces, for an hour, under two tags. */
export function sampleAnswer(over: Partial<StoredAnswer> = {}): StoredAnswer {
  return {
    kind: "stream",
    status: 200,
    dialect: "openai-chat",
    headers: ["content-type", "text/event-stream"],
    pieces: [new TextEncoder().encode("data: one\n\n"), new TextEncoder().encode("data: [DONE]\n\n")],
    streamUsage: false,
    usage: { source: "provider", tokens: { input: 12, output: 3 } },
    endpointId: "openai",
    vendor: "openai",
    model: "gpt-4o-mini",
    servedModel: "gpt-4o-mini-2024-07-18",
    boughtBy: 1n << 58n,
    costPicoUsd: 3_600_000n,
    asked: null,
    storedAtMs: sampleStoredAtMs,
    freshUntilMs: sampleStoredAtMs + 1_800_000,
    endsAtMs: sampleStoredAtMs + 3_600_000,
    tags: ["model:openai/gpt-4o-mini", "route:default"],
    ...over,
  };
}

/** A ticket that no store gave out: of a generation it never had. */
export const foreignTicket: AnswerTicket = { generation: "of another store", sequence: 0 };
