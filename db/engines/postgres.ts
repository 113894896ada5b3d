/**
 * Postgres and what speaks its protocol: Neon, Supabase, CockroachDB, YugabyteDB. Everything that
 * differs from the other engines. No request takes a lock or needs a setting of the connection's,
 * so poolers in transaction mode will do.
 */
import {
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  sql,
} from "kysely";
import type { PoolClient } from "pg";
import { type Database, within } from "../index.ts";
import type { Tables } from "../schema.ts";

/** Connections of one process. Each statement is short, and every serverless instance has its own. */
const maxConnections = 4;

/** Milliseconds. Together below the 5 s in which a database that hangs has to become a 503. */
const connectTimeout = 2_000;
const statementTimeout = 2_500;

/** Milliseconds. A migration has nobody waiting for it; it may wait for another instance's. */
const migrationTimeout = 10 * 60_000;

/** Milliseconds after which an unused connection is given back: others may be waiting for it. */
const idleTimeout = 10_000;

/** How often a statement or a transaction runs that loses against a concurrent one. */
const maxTries = 10;

/** Any number will do, as long as no other program on this database locks it. */
const migrationLock = 5_213_007_771;

/** Opens a pool for `url`, such as `postgres://user:password@host/database?sslmode=require`. */
export function openPostgres(url: string): Database {
  const query = connect(url, statementTimeout);
  return {
    query,
    // Turning off synchronous_commit takes a transaction of its own; it would cost what it saves.
    relaxed: (write) => write(query),
    atomically: (run) =>
      repeated(() => query.transaction().execute((transaction) => run(within(transaction)))),
    async exclusively(run) {
      const patient = connect(url, migrationTimeout);
      try {
        // Read committed, so that what is read after the wait is what the other instance has left.
        const transaction = patient.transaction().setIsolationLevel("read committed");
        await transaction.execute(async (query) => {
          await sql`select pg_advisory_xact_lock(${migrationLock})`.execute(query);
          await run(query);
        });
      } finally {
        await patient.destroy();
      }
    },
    close: () => query.destroy(),
  };
}

function connect(url: string, timeout: number): Kysely<Tables> {
  return new Kysely({ dialect: new Dialect({ pool: () => openPool(url, timeout) }) });
}

/**
 * Runs `work` again when it has lost against a concurrent statement or transaction: serialization
 * failures are part of life on CockroachDB and YugabyteDB. The server has taken back what there was.
 */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== "40001" || tries === maxTries) throw error;
    }
    // Or those that have met now would meet again.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * tries));
  }
}

/** Kysely's own migration lock ends before our transaction does, so ours alone is taken. */
class Dialect extends PostgresDialect {
  override createAdapter() {
    return new (class extends PostgresAdapter {
      override async acquireMigrationLock() {}
      override async releaseMigrationLock() {}
    })();
  }
}

async function openPool(url: string, timeout: number): Promise<PostgresPool> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeout,
    query_timeout: timeout,
    idleTimeoutMillis: idleTimeout,
    keepAlive: true,
    // An idle pool is no reason for a script to stay.
    allowExitOnIdle: true,
    types: { getTypeParser },
  });
  // A connection that breaks while idle leaves the pool by itself; unheard, it would end the process.
  pool.on("error", () => {});
  if (process.env.VERCEL) {
    // Keeps an instance awake until its idle connections are closed, so that none is left behind.
    const { attachDatabasePool } = await import("@vercel/functions/db-connections");
    attachDatabasePool(pool);
  }

  /** Milliseconds since 1970 and counts are bigint in the database, and numbers here. */
  function getTypeParser(oid: number, format?: "text" | "binary") {
    return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);
  }
  return {
    connect: async () =>
      resilient(
        await pool.connect().catch((error: Error) => {
          throw new NotConnected(error.message, { cause: error });
        }),
      ),
    end: () => pool.end(),
    options: pool.options,
  };
}

/**
 * A connection that repeats a statement that lost against a concurrent one, and does not return to
 * the pool once it is broken.
 */
function resilient(client: PoolClient): PostgresPoolClient {
  let inTransaction = false;
  let broken: Error | undefined;
  const markBroken = (error: Error) => {
    broken ??= error;
  };
  // The pool listens to idle connections only. Between two statements of a transaction nobody
  // would hear that this one breaks, and an error that nobody hears ends the process.
  client.on("error", markBroken);

  async function query(text: string, values: unknown[]) {
    // Whoever has waited for an answer in vain shall not wait for that of a rollback, too.
    if (broken) throw broken;
    if (/^(begin|start transaction)/.test(text)) inTransaction = true;
    try {
      const send = () => client.query(text, values);
      // In a transaction a statement cannot be repeated without those before it.
      return await (inTransaction ? send() : repeated(send));
    } catch (error) {
      // After a time-out the answer may still come, and would be taken for the next one's.
      if (isConnectionLost(error)) markBroken(error as Error);
      throw error;
    }
  }
  // Kysely's type also knows cursors; nothing here streams.
  return {
    query: query as unknown as PostgresPoolClient["query"],
    release() {
      client.off("error", markBroken);
      client.release(broken);
    },
  };
}

/** There is no connection: whatever the reason, a wrong password or a full pooler, it may pass. */
class NotConnected extends Error {
  override name = "NotConnected";
}

/**
 * Connection exceptions, no resources, shutting down, read-only after a failover, lost against a
 * concurrent statement: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const unavailable = /^(08...|53...|57P0.|57014|25006|40001|40P01)$/;

/** Node's: https://nodejs.org/api/errors.html#common-system-errors */
const unreachable = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;

/** pg's own, which have no code. */
const lost =
  /^(Query read timeout|Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

export function isPostgresUnavailable(error: unknown): boolean {
  return (
    // By its name: each of Next's bundles has a class of its own.
    (error instanceof Error && error.name === "NotConnected") ||
    unavailable.test(codeOf(error)) ||
    isConnectionLost(error)
  );
}

function isConnectionLost(error: unknown): boolean {
  return unreachable.test(codeOf(error)) || (error instanceof Error && lost.test(error.message));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
