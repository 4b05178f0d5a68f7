import type { Pool, PoolConfig } from "pg";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import { loadOptional } from "../load-optional.ts";
import { postgresSchemaSteps } from "./postgres-schema.ts";

/** How the server is reached. */
export interface PostgresConnectionOptions {
  /** `postgres://`; holds a secret. */
  readonly url: string;
  /** Name of the schema that everything stands in; at most 63 bytes. */
  readonly prefix: string;
  readonly alarm: (code: AlarmCode, detail: string) => void;
}

/** A row as the library gives it. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/** What is bound to a statement. */
export type PostgresValue = string | number | null | Buffer | readonly string[];

/** Connections of one gateway: statements are short, and a server counts its connections. */
const connectionsMax = 4;
/** Statements that wait for a connection; more are refused at once. */
const waitingMax = 64;
/** The server ends a statement after the first, the client leaves a server that stalls after the second. */
const statementMsMax = 2_000;
const queryMsMax = 2_500;
/** The same for what may look at every row. */
const longStatementMsMax = 120_000;
/** An identifier of PostgreSQL is cut beyond it, and two cut names would be one. */
const identifierBytesMax = 63;

/** A few connections to a server, and the schema in it, made at the first use that reaches the server. */
export class PostgresConnection {
  readonly #pool: Pool;
  readonly #prefix: string;
  readonly #schema: string;
  #made: Promise<void> | null = null;

  private constructor(pool: Pool, prefix: string) {
    this.#pool = pool;
    this.#prefix = prefix;
    this.#schema = `"${prefix.replaceAll('"', '""')}"`;
  }

  /**
   * Connects and makes the schema; resolves also where the server does not answer, and tries again with every call.
   *
   * @throws FarthingError `config_invalid` where the client library is not installed, or the schema is of a newer Farthing.
   */
  static async open({ url, prefix, alarm }: PostgresConnectionOptions): Promise<PostgresConnection> {
    if (Buffer.byteLength(prefix) > identifierBytesMax)
      throw new FarthingError(
        "config_invalid",
        `cache.prefix is longer than ${identifierBytesMax} bytes. Take a shorter one.`,
      );
    const { Pool } = await loadOptional("postgres", "pg", () => import("pg"));
    const settings: PoolConfig = {
      connectionString: url,
      max: connectionsMax,
      connectionTimeoutMillis: statementMsMax,
      statement_timeout: statementMsMax,
      query_timeout: queryMsMax,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      application_name: "farthing",
      allowExitOnIdle: true,
    };
    const pool = new Pool(settings);
    // A connection that breaks while nobody uses it is dropped by the pool; without a listener it would end the process.
    pool.on("error", (error) => alarm("cache-unreachable", `PostgreSQL: ${error.message}`));
    const connection = new PostgresConnection(pool, prefix);
    await connection.#makeOnce().catch((error: unknown) => {
      if (FarthingError.isInstance(error)) throw error;
      alarm("cache-unreachable", `PostgreSQL: ${error instanceof Error ? error.message : "cannot connect"}`);
    });
    return connection;
  }

  /** Runs one statement; `$S` in it is the schema. Rejects within {@link queryMsMax} where the server stalls, else at once. */
  async run(statement: string, values: readonly PostgresValue[]): Promise<readonly PostgresRow[]> {
    await this.#makeOnce();
    if (this.#pool.waitingCount >= waitingMax) throw new Error("PostgreSQL is too slow: too many statements wait");
    // The pool destroys a connection whose statement failed, so none is left that still waits for a dead server.
    const { rows } = await this.#pool.query<PostgresRow>(this.#named(statement), [...values]);
    return rows;
  }

  /** As {@link run} for what may look at every row: on a connection of its own, with minutes to do it. */
  async runLong(statement: string, values: readonly PostgresValue[]): Promise<readonly PostgresRow[]> {
    await this.#makeOnce();
    const client = await this.#pool.connect();
    try {
      await client.query(`SET statement_timeout = ${longStatementMsMax}`);
      const query = { text: this.#named(statement), values: [...values], query_timeout: longStatementMsMax };
      return (await client.query<PostgresRow>(query)).rows;
    } finally {
      client.release(true);
    }
  }

  /** Lets go of all connections. */
  close(): Promise<void> {
    return this.#pool.end();
  }

  #named(statement: string): string {
    return statement.replaceAll("$S", this.#schema);
  }

  #makeOnce(): Promise<void> {
    this.#made ??= this.#makeSchema().catch((error: unknown) => {
      this.#made = null;
      throw error;
    });
    return this.#made;
  }

  /** Brings the schema to the newest version, in one transaction and by one gateway at a time. */
  async #makeSchema(): Promise<void> {
    const client = await this.#pool.connect();
    let failed: Error | undefined;
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`farthing ${this.#schema}`]);
      const present = await client.query("SELECT FROM pg_namespace WHERE nspname = $1", [this.#prefix]);
      // Asked first, for making one needs a right that an installation may not give.
      if (present.rowCount === 0) await client.query(this.#named("CREATE SCHEMA $S"));
      await client.query(this.#named("CREATE TABLE IF NOT EXISTS $S.schema_version (version integer NOT NULL)"));
      const { rows } = await client.query<{ version: number }>(this.#named("SELECT version FROM $S.schema_version"));
      const version = rows[0]?.version ?? 0;
      if (version > postgresSchemaSteps.length) throw newerSchema(this.#schema, version);
      for (const statement of postgresSchemaSteps.slice(version).flat()) await client.query(this.#named(statement));
      await client.query(this.#named("DELETE FROM $S.schema_version"));
      await client.query(this.#named("INSERT INTO $S.schema_version VALUES ($1)"), [postgresSchemaSteps.length]);
      await client.query("COMMIT");
    } catch (error) {
      failed = error instanceof Error ? error : new Error("the schema was not made");
      throw error;
    } finally {
      // Given with an error the connection is closed, and what it had begun is rolled back.
      client.release(failed);
    }
  }
}

function newerSchema(schema: string, version: number): FarthingError {
  return new FarthingError(
    "config_invalid",
    `The schema ${schema} was written by a newer Farthing (version ${version}, this one knows ${postgresSchemaSteps.length}). Update Farthing, or name another cache.prefix.`,
  );
}
