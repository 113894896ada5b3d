/**
 * Postgres and what speaks its protocol: Neon, Supabase, CockroachDB, YugabyteDB. No request takes
 * a lock or changes a setting of the connection, so poolers in transaction mode work.
 */
import { Kysely, sql } from "kysely";
import { type Database, type Engine, inTransaction } from "../../database.ts";
import type { Tables } from "../../schema.ts";
import { openPool } from "./client.ts";
import { PostgresDialect } from "./dialect.ts";
import { retryOnConflict } from "./driver.ts";
import { isUnavailable } from "./errors.ts";

/** Milliseconds. With the wait for a connection, below the 5 s until a 503. */
const statementTimeout = 2_500;

/** Milliseconds. No client waits for a migration, so it may wait for another instance's. */
const migrationTimeout = 10 * 60_000;

/** Any number, as long as no other program on this database locks the same one. */
const migrationLock = 5_213_007_771;

export const postgres: Engine = { schemes: ["postgres", "postgresql"], open, isUnavailable };

/** @param url such as `postgres://user:password@host/database?sslmode=require` */
function open(url: string): Database {
  const query = connect(url, statementTimeout);
  return {
    query,
    // synchronous_commit = off takes a transaction of its own, which costs what it would save.
    relaxed: (write) => write(query),
    atomically: (run) =>
      retryOnConflict(() =>
        query.transaction().execute((transaction) => run(inTransaction(transaction))),
      ),
    async exclusively(run) {
      const patient = connect(url, migrationTimeout);
      try {
        // Read committed, so that a read after the wait sees what the other instance has written.
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
  return new Kysely({ dialect: new PostgresDialect({ pool: () => openPool(url, timeout) }) });
}
