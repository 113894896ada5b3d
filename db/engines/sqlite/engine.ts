/** SQLite, embedded. */
import { Kysely } from "kysely";
import { type Database, type Engine, inTransaction } from "../../database.ts";
import type { Tables } from "../../schema.ts";
import { openClient, type SqliteClient } from "./client.ts";
import { SqliteDialect } from "./dialect.ts";
import { SqliteDriver, type SqliteOptions } from "./driver.ts";
import { isUnavailable } from "./errors.ts";

/** Milliseconds. Below the 5 s after which a hanging database must have become a 503. */
const statementTimeout = 3_000;

/** Milliseconds. No client waits for a migration, so it may wait for another instance's. */
const migrationTimeout = 60_000;

export const sqlite: Engine = {
  schemes: ["file"],
  open: (url) => open(url.slice("file:".length)),
  isUnavailable,
  // A file does not sleep, and a lock is waited for anyway.
  isAsleep: () => false,
};

function open(path: string): Database {
  const client = once(() => openClient(path));
  const connect = (options: SqliteOptions) =>
    new Kysely<Tables>({ dialect: new SqliteDialect(() => new SqliteDriver(client, options)) });
  const query = connect({ durable: true, timeout: statementTimeout });
  const relaxed = connect({ durable: false, timeout: statementTimeout });
  const patient = connect({ durable: true, timeout: migrationTimeout });
  return {
    query,
    relaxed: (write) => write(relaxed),
    atomically: (run) =>
      query.transaction().execute((transaction) => run(inTransaction(transaction))),
    exclusively: (run) => patient.transaction().execute(run),
    schema: async () => undefined,
    async close() {
      await Promise.all([query, relaxed, patient].map((each) => each.destroy()));
    },
  };
}

/** Opens what the callers share, and tries again after a failure. */
function once(connect: () => Promise<SqliteClient>): () => Promise<SqliteClient> {
  let client: Promise<SqliteClient> | undefined;
  return () => {
    client ??= connect().catch((error) => {
      client = undefined;
      throw error;
    });
    return client;
  };
}
