/** SQLite, embedded: everything that differs from the other engines. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "better-sqlite3";
import { Kysely, SqliteDialect, sql } from "kysely";
import type { Database } from "../index.ts";
import type { Tables } from "../schema.ts";

/** How long a statement waits for another process to finish writing, in milliseconds. */
const busyTimeout = 4_000;

/** Opens the file at `path`, making it and its folder where they are missing. */
export function openSqlite(path: string): Database {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const file = new Sqlite(path, { timeout: busyTimeout });
  // With a write-ahead log readers and the writer do not wait for each other. FULL waits for the
  // disk at each commit: what was acknowledged, a revocation above all, survives a power cut.
  file.pragma("journal_mode = WAL");
  file.pragma("synchronous = FULL");
  file.pragma("foreign_keys = ON");

  const query = new Kysely<Tables>({ dialect: new SqliteDialect({ database: file }) });
  return {
    query,
    relaxed: (write) =>
      // connection() holds the one connection, so no other statement runs under this setting.
      query.connection().execute(async (connection) => {
        await sql`pragma synchronous = normal`.execute(connection);
        try {
          return await write(connection);
        } finally {
          await sql`pragma synchronous = full`.execute(connection);
        }
      }),
    exclusively: (run) =>
      query.connection().execute(async (connection) => {
        await sql`begin immediate`.execute(connection);
        try {
          await run(connection);
          await sql`commit`.execute(connection);
        } catch (error) {
          await sql`rollback`.execute(connection);
          throw error;
        }
      }),
    close: () => query.destroy(),
  };
}

/** Busy, locked, full, unreadable: https://sqlite.org/rescode.html */
const unavailable = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM)/;

export function isSqliteUnavailable(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && unavailable.test(error.code);
}
