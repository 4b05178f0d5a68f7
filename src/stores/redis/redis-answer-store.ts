import { randomBytes } from "node:crypto";
import type {
  AnswerEntry,
  AnswerSelector,
  AnswerStats,
  AnswerStore,
  AnswerTicket,
  FoundAnswer,
  StoredAnswer,
} from "../../spec/answer-store.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { Scope } from "../../spec/caller.ts";
import { decodeAnswer, encodeAnswer } from "../answers/answer-codec.ts";
import { keyDigest, ownerDigest, tagDigest } from "../answer-digests.ts";
import { entryAt, writePlace } from "../answer-place.ts";
import { worthOf } from "../answer-worth.ts";
import { RedisConnection, type RedisConnectionOptions, type RedisReply } from "./redis-connection.ts";
import { beginEra } from "./redis-era.ts";
import { baseOf, entryId, patternOf } from "./redis-names.ts";
import { redisScripts } from "./redis-scripts.ts";
import { runScript, type RedisScript } from "./run-script.ts";

/** Where answers are kept, and how many bytes of them. */
export interface RedisAnswerStoreOptions extends RedisConnectionOptions {
  readonly prefix: string;
  readonly bytesMax: number;
}

/** What the server holds for an entry beside its bytes: hash, index and names; measured on 7.0 with answers of 1 KiB. */
const entryOverheadBytes = 1_400;
/** Share of the room that one answer may take; a larger one would throw out too many. */
const largestShare = 1 / 8;
/** Distinct tags whose invalidation an owner's hash remembers; with more, all its answers die. */
const epochsMax = 10_000;
/** Names that SCAN looks at in a step, and entries whose bytes are fetched at once. */
const scanStep = 512;
const peekStep = 16;

/**
 * Opens answers in a Redis 6.2 or newer, or a Valkey. Resolves also where the server does not answer: methods reject
 * until it does.
 *
 * @throws FarthingError `config_invalid` where the client library is not installed.
 */
export async function openRedisAnswerStore(options: RedisAnswerStoreOptions): Promise<AnswerStore> {
  const connection = await RedisConnection.open(options, (line) => beginEra(line, options));
  return new RedisAnswerStore(connection, options);
}

/** The contract over scripts of the server (redis-scripts.ts): each call is one round trip, but those that look through everything. */
class RedisAnswerStore implements AnswerStore {
  readonly #connection: RedisConnection;
  readonly #base: string;
  readonly #bytesMax: number;

  constructor(connection: RedisConnection, { prefix, bytesMax }: RedisAnswerStoreOptions) {
    this.#connection = connection;
    this.#base = baseOf(prefix);
    this.#bytesMax = bytesMax;
  }

  async get(scope: CacheScope, key: string, nowMs: number): Promise<FoundAnswer> {
    const [found] = await this.getMany(scope, [key], nowMs);
    return found ?? { answer: null, ticket: null };
  }

  async getMany(scope: CacheScope, keys: readonly string[], nowMs: number): Promise<readonly FoundAnswer[]> {
    const { ticket, bodies } = await this.#find(
      scope.owner,
      keys.map((key) => entryId(scope, key)),
      nowMs,
    );
    return keys.map((key, index) => {
      const bytes = bodies[index];
      return { answer: bytes instanceof Buffer ? decodeAnswer(scope, key, bytes) : null, ticket };
    });
  }

  async ticketOf(owner: Scope, nowMs: number): Promise<AnswerTicket> {
    return (await this.#find(owner, [], nowMs)).ticket;
  }

  async set(scope: CacheScope, key: string, answer: StoredAnswer, ticket: AnswerTicket, nowMs: number): Promise<void> {
    const lifeMs = Math.ceil(answer.endsAtMs - nowMs);
    if (lifeMs <= 0) return;
    const body = Buffer.from(encodeAnswer(scope, key, answer));
    const bytes = body.length + entryOverheadBytes;
    if (bytes > this.#bytesMax * largestShare) return;
    await this.#run(redisScripts.keep, scope.owner, nowMs, [
      entryId(scope, key),
      ticket.generation,
      String(ticket.sequence),
      String(answer.endsAtMs),
      String(answer.storedAtMs),
      String(lifeMs),
      [keyDigest(key), ...answer.tags.map(tagDigest)].join(""),
      writePlace(scope, key),
      body,
      String(bytes),
      String(this.#bytesMax),
      String(worthOf(answer, bytes)),
    ]);
  }

  async invalidate(owner: Scope, tag: string, nowMs: number): Promise<void> {
    await this.#forbid(`${this.#base}o:${ownerDigest(owner)}`, [tagDigest(tag)], nowMs);
  }

  async purge(selector: AnswerSelector, nowMs: number): Promise<number> {
    const { owner, tag, key } = selector;
    const digests: string[] = [];
    if (key !== undefined) digests.push(keyDigest(key));
    else if (tag !== undefined) digests.push(tagDigest(tag));
    // First nothing more can come, then what is there goes: so none slips through in between.
    if (owner !== undefined) await this.#forbid(`${this.#base}o:${ownerDigest(owner)}`, digests, nowMs);
    else
      for await (const names of this.#names("o:")) for (const name of names) await this.#forbid(name, digests, nowMs);
    let gone = 0;
    const wanted = [tag === undefined ? "" : tagDigest(tag), key === undefined ? "" : keyDigest(key)];
    for await (const names of this.#names(entriesOf(owner))) {
      const ids = names.map((name) => this.#idOf(name));
      gone += Number(await this.#run(redisScripts.drop, owner, nowMs, [...wanted, ...ids]));
    }
    return gone;
  }

  async stats(_nowMs: number): Promise<AnswerStats> {
    const index = `${this.#base}i`;
    const [count, sums] = await Promise.all([
      this.#connection.send(["HLEN", index]),
      this.#connection.send(["HMGET", index, "#bytes", "#evicted", "#floor"]),
    ]);
    const fields = Array.isArray(sums) ? sums : [];
    const own = fields.filter((field) => field !== null).length;
    const [bytes, evicted] = fields.map((field) => Number(String(field ?? 0)));
    return { entries: Number(count) - own, bytes: bytes ?? 0, bytesMax: this.#bytesMax, evicted: evicted ?? 0 };
  }

  async *scan(selector: AnswerSelector, nowMs: number): AsyncIterable<AnswerEntry> {
    for await (const names of this.#names(entriesOf(selector.owner))) {
      for (let at = 0; at < names.length; at += peekStep) {
        const ids = names.slice(at, at + peekStep).map((name) => this.#idOf(name));
        const found = await this.#run(redisScripts.peek, selector.owner, nowMs, ids);
        yield* entriesOfReply(found, selector);
      }
    }
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #find(
    owner: Scope,
    ids: readonly string[],
    nowMs: number,
  ): Promise<{ readonly ticket: AnswerTicket; readonly bodies: readonly RedisReply[] }> {
    const reply = await this.#run(redisScripts.find, owner, nowMs, [newGeneration(), ...ids]);
    if (!Array.isArray(reply)) throw new Error("Redis gave no list");
    const [generation, sequence, ...bodies] = reply as readonly RedisReply[];
    return { ticket: { generation: String(generation), sequence: Number(sequence) }, bodies };
  }

  /** Kills what an owner has under these digests, stored or on its way; everything where none is given. */
  async #forbid(ownerName: string, digests: readonly string[], nowMs: number): Promise<void> {
    if (digests.length === 0) return void (await this.#connection.send(["UNLINK", ownerName]));
    const words = [this.#base, String(nowMs), newGeneration(), String(epochsMax), ...digests];
    await runScript(this.#connection, redisScripts.invalidate, [ownerName], words);
  }

  #run(
    script: RedisScript,
    owner: Scope | undefined,
    nowMs: number,
    words: readonly (string | Buffer)[],
  ): Promise<RedisReply> {
    const keyName = owner === undefined ? `${this.#base}i` : `${this.#base}o:${ownerDigest(owner)}`;
    return runScript(this.#connection, script, [keyName], [this.#base, String(nowMs), ...words]);
  }

  /** All names of ours that go on so, in steps; every name that stands the whole time comes at least once. */
  async *#names(beginning: string): AsyncIterable<readonly string[]> {
    const pattern = patternOf(`${this.#base}${beginning}`);
    let cursor = "0";
    do {
      const reply = await this.#connection.send(["SCAN", cursor, "MATCH", pattern, "COUNT", String(scanStep)]);
      const [next, names] = Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
      cursor = String(next ?? "0");
      if (Array.isArray(names) && names.length > 0) yield names.map(String);
    } while (cursor !== "0");
  }

  #idOf(name: string): string {
    return name.slice(this.#base.length + "e:".length);
  }
}

function entriesOf(owner: Scope | undefined): string {
  return owner === undefined ? "e:" : `e:${ownerDigest(owner)}:`;
}

function newGeneration(): string {
  return randomBytes(12).toString("base64url");
}

/** Places and bytes in turn, as the script gives them. */
function* entriesOfReply(reply: RedisReply, selector: AnswerSelector): Iterable<AnswerEntry> {
  const fields = Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const bytes = fields[at + 1];
    const entry = bytes instanceof Buffer ? entryAt(String(fields[at]), bytes, selector) : null;
    if (entry !== null) yield entry;
  }
}
