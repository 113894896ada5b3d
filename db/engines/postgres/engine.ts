/**
 * Postgres and what speaks its protocol: Neon, Supabase, CockroachDB, YugabyteDB. No request takes
 * a lock or changes a setting of the connection, so poolers in transaction mode work.
 */
import { Kysely, sql } from "kysely";
import {
  type Database,
  type Engine,
  inTransaction,
  type OpenOptions,
  type Query,
} from "../../database.ts";
import type { Tables } from "../../schema.ts";
import { openPool } from "./client.ts";
import { PostgresDialect } from "./dialect.ts";
import { retryOnConflict } from "./driver.ts";
import { isAsleep, isUnavailable } from "./errors.ts";

/** Milliseconds. With the wait for a connection, below the 5 s until a 503. */
const statementTimeout = 2_500;

/** Milliseconds. No client waits for a migration, so it may wait for another instance's. */
const migrationTimeout = 10 * 60_000;

/** Any number, as long as no other program on this database locks the same one. */
const migrationLock = 5_213_007_771;

export const postgres: Engine = {
  schemes: ["postgres", "postgresql"],
  open,
  isUnavailable,
  isAsleep,
};

/** @param url such as `postgres://user:password@host/database?sslmode=require` */
function open(url: string, { schema }: OpenOptions): Database {
  const connect = (timeout: number): Query => {
    const dialect = new PostgresDialect({ pool: () => openPool(url, timeout) });
    const query = new Kysely<Tables>({ dialect });
    // In each statement: poolers in transaction mode forget a search_path.
    return schema === undefined ? query : query.withSchema(schema);
  };
  const query = connect(statementTimeout);
  const schemaOf = async () => schema ?? (await currentSchema(query));
  return {
    query,
    // synchronous_commit = off takes a transaction of its own, which costs what it would save.
    relaxed: (write) => write(query),
    atomically: (run) =>
      retryOnConflict(() =>
        query.transaction().execute((transaction) => run(inTransaction(transaction, schemaOf))),
      ),
    async exclusively(run) {
      const patient = connect(migrationTimeout);
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
    schema: schemaOf,
    close: () => query.destroy(),
  };
}

/** The first existing schema of the search path, where a bare table name is created. */
async function currentSchema(query: Query): Promise<string | undefined> {
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name`.execute(
    query,
  );
  return rows[0]?.name ?? undefined;
}
