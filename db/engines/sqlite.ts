/** SQLite, embedded: everything that differs from the other engines. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, SqliteDialect, sql } from "kysely";
import { type Database, type Query, within } from "../index.ts";
import type { Tables } from "../schema.ts";

/** How long a statement waits for another process to finish writing, in milliseconds. */
const busyTimeout = 4_000;

/** Opens the file at `path`, making it and its folder where they are missing. */
export function openSqlite(path: string): Database {
  const query = new Kysely<Tables>({ dialect: new SqliteDialect({ database: () => open(path) }) });

  /** Immediate: a reader that becomes a writer half-way could not wait for another writer. */
  const immediately = <T>(run: (connection: Query) => Promise<T>) =>
    query.connection().execute(async (connection) => {
      await sql`begin immediate`.execute(connection);
      try {
        const result = await run(connection);
        await sql`commit`.execute(connection);
        return result;
      } catch (error) {
        // A full disk, for one, has ended the transaction already.
        await sql`rollback`.execute(connection).catch(() => {});
        throw error;
      }
    });

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
    atomically: (run) => immediately((connection) => run(within(connection))),
    exclusively: immediately,
    close: () => query.destroy(),
  };
}

async function open(path: string) {
  // Left to Node.js: its binaries, for six platforms, do not belong into a serverless function.
  const { default: Sqlite } = await import(/* turbopackIgnore: true */ "better-sqlite3");
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const file = new Sqlite(path, { timeout: busyTimeout });
  // With a write-ahead log readers and the writer do not wait for each other. FULL waits for the
  // disk at each commit: what was acknowledged, a revocation above all, survives a power cut.
  file.pragma("journal_mode = WAL");
  file.pragma("synchronous = FULL");
  file.pragma("foreign_keys = ON");
  return file;
}

/** Busy, locked, full, unreadable: https://sqlite.org/rescode.html */
const unavailable = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM)/;

export function isSqliteUnavailable(error: unknown): boolean {
  return error instanceof Error && "code" in error && unavailable.test(String(error.code));
}
