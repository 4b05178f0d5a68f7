import type { RedisClientOptions, RedisFunctions, RedisModules, RedisScripts, RespVersions } from "@redis/client";
import type { Clock } from "../../spec/clock.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import { loadOptional } from "../load-optional.ts";

/** What a command is made of. */
export type RedisWord = string | Buffer;

/** A reply as it came: text is bytes. */
export type RedisReply = Buffer | number | null | readonly RedisReply[];

interface Client {
  connect(): Promise<unknown>;
  close(): Promise<void>;
  destroy(): void;
  on(event: "error" | "end", listener: (error?: Error) => void): unknown;
  sendCommand(words: readonly RedisWord[]): Promise<RedisReply>;
}

/** What must be said on a new connection before anything else is. */
export type RedisGreeting = (line: { send(words: readonly RedisWord[]): Promise<RedisReply> }) => Promise<void>;

/** How a connection is made. */
export interface RedisConnectionOptions {
  /** `redis://`, `rediss://` for TLS, and the same of Valkey; holds a secret. */
  readonly url: string;
  readonly clock: Clock;
  readonly alarm: (code: AlarmCode, detail: string) => void;
}

/** An attempt to connect that takes longer is given up. */
const connectMsMax = 3_000;
/** A server that owes replies and gave none for so long is left: a dead line of TCP would be believed for a quarter of an hour. */
const stallMsMax = 2_000;
const backOffMs = { first: 50, max: 2_000 };
/** Commands on their way; more are refused. Those who call bound themselves far below. */
const waitingMax = 1_000;

/**
 * One connection to a server, made again in the background whenever it breaks. Nothing waits for it: without a
 * connection a command rejects at once, and what was on its way rejects when the line is found dead.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #create: () => Client;
  readonly #greet: RedisGreeting;
  /** The one in use or being connected. */
  #client: Client | null = null;
  #ready = false;
  #closed = false;
  #failures = 0;
  #lastError = "not connected yet";
  #cancelRetry: () => void = () => {};
  #cancelWatch: (() => void) | null = null;
  #waiting = 0;
  #lastReplyUs = 0;

  private constructor(options: RedisConnectionOptions, greet: RedisGreeting, create: () => Client) {
    this.#options = options;
    this.#greet = greet;
    this.#create = create;
  }

  /**
   * Connects; resolves also where the server does not answer, and goes on trying.
   *
   * @throws FarthingError `config_invalid` where the client library is not installed.
   */
  static async open(options: RedisConnectionOptions, greet: RedisGreeting): Promise<RedisConnection> {
    const { createClient, RESP_TYPES } = await loadOptional("redis", "@redis/client", () => import("@redis/client"));
    const settings: RedisClientOptions<RedisModules, RedisFunctions, RedisScripts, RespVersions> = {
      url: options.url.replace(/^valkey/, "redis"),
      // The older protocol, which every server knows; nothing here needs the newer one.
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      commandsQueueMaxLength: waitingMax,
      socket: { reconnectStrategy: false, connectTimeout: connectMsMax },
      commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    };
    const connection = new RedisConnection(options, greet, () => createClient(settings) as unknown as Client);
    await connection.#connect();
    return connection;
  }

  /** Sends a command. Rejects at once where there is no connection. */
  async send(words: readonly RedisWord[]): Promise<RedisReply> {
    const client = this.#client;
    if (client === null || !this.#ready) throw new Error(`Redis is not reached: ${this.#lastError}`);
    if (this.#waiting >= waitingMax) throw new Error("Redis owes too many replies");
    if (this.#waiting++ === 0) this.#lastReplyUs = this.#options.clock.monotonicUs();
    this.#cancelWatch ??= this.#watchAfter(stallMsMax);
    try {
      return await client.sendCommand(words);
    } finally {
      this.#waiting -= 1;
      this.#lastReplyUs = this.#options.clock.monotonicUs();
    }
  }

  /** Lets go of the connection; waits for replies under way as long as for any. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#ready = false;
    this.#cancelRetry();
    this.#cancelWatch?.();
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(stallMsMax, resolve);
      client
        .close()
        .catch(() => {})
        .finally(() => {
          cancel();
          resolve();
        });
    });
    destroy(client);
  }

  async #connect(): Promise<void> {
    const client = this.#create();
    this.#client = client;
    client.on("error", (error) => this.#lose(client, error?.message ?? "the connection broke"));
    client.on("end", () => this.#lose(client, "the connection ended"));
    await new Promise<void>((resolve) => {
      // The client's own limit ends with the socket; a server that stalls in the greeting is met by this one.
      const cancel = this.#options.clock.after(connectMsMax, () => {
        this.#lose(client, `no greeting within ${connectMsMax} ms`);
        resolve();
      });
      client
        .connect()
        .then(() => this.#greet({ send: (words) => client.sendCommand(words) }))
        .then(() => this.#greeted(client))
        .catch((error: unknown) => this.#lose(client, error instanceof Error ? error.message : "cannot connect"))
        .finally(() => {
          cancel();
          resolve();
        });
    });
  }

  #greeted(client: Client): void {
    if (this.#client !== client) return destroy(client);
    this.#ready = true;
    this.#failures = 0;
  }

  /** Leaves a client that is no use any more; late news of one that was left already changes nothing. */
  #lose(client: Client, reason: string): void {
    if (this.#client !== client) return;
    this.#client = null;
    this.#ready = false;
    this.#lastError = reason;
    destroy(client);
    if (this.#closed) return;
    this.#options.alarm("cache-unreachable", `Redis: ${reason}`);
    const waitMs = Math.min(backOffMs.max, backOffMs.first * 2 ** Math.min(this.#failures++, 10));
    this.#cancelRetry = this.#options.clock.after(waitMs, () => void this.#connect());
  }

  /** One timer for all that wait, however many: it looks whether the server has said anything of late. */
  #watchAfter(delayMs: number): () => void {
    return this.#options.clock.after(delayMs, () => {
      this.#cancelWatch = null;
      if (this.#waiting === 0 || this.#client === null) return;
      const silentMs = Math.floor((this.#options.clock.monotonicUs() - this.#lastReplyUs) / 1000);
      if (silentMs >= stallMsMax) this.#lose(this.#client, `no reply for ${stallMsMax} ms`);
      else this.#cancelWatch = this.#watchAfter(stallMsMax - silentMs);
    });
  }
}

function destroy(client: Client): void {
  try {
    client.destroy();
  } catch {
    // It was closed already.
  }
}
