/** SQLite, embedded: everything that differs from the other engines. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Kysely, SqliteDialect, sql } from "kysely";
import { type Database, type Query, within } from "../index.ts";
import type { Tables } from "../schema.ts";

/** How long a statement waits for another process to finish writing, in milliseconds. */
const busyTimeout = 4_000;

/** As above, for a migration, which has nobody waiting for it. */
const migrationTimeout = 60_000;

/** How long of that the driver waits by itself: so long the whole process stands still. */
const driverTimeout = 10;

/** How long the process does other things before it looks again, in milliseconds. */
const pause = 25;

/** Opens the file at `path`, making it and its folder where they are missing. */
export function openSqlite(path: string): Database {
  const query = new Kysely<Tables>({ dialect: new SqliteDialect({ database: () => open(path) }) });

  // A statement by itself waits here. The one connection is free meanwhile, so readers go on.
  const executor = query.getExecutor();
  const execute = executor.executeQuery.bind(executor);
  executor.executeQuery = (...statement) => whenFree(() => execute(...statement));

  const connected = <T>(run: (connection: Query) => Promise<T>, timeout = busyTimeout) =>
    whenFree(() => query.connection().execute(run), timeout);

  /** Immediate: a reader that becomes a writer half-way could not wait for another writer. */
  const immediately = <T>(run: (connection: Query) => Promise<T>, timeout?: number) =>
    connected(async (connection) => {
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
    }, timeout);

  return {
    query,
    relaxed: (write) =>
      // It holds the one connection, so no other statement runs under this setting.
      connected(async (connection) => {
        await sql`pragma synchronous = normal`.execute(connection);
        try {
          return await write(connection);
        } finally {
          await sql`pragma synchronous = full`.execute(connection);
        }
      }),
    atomically: (run) => immediately((connection) => run(within(connection))),
    exclusively: (run) => immediately(run, migrationTimeout),
    close: () => query.destroy(),
  };
}

/**
 * Runs `work` until no other process is writing, for `timeout` milliseconds. What it begins with
 * is what meets the lock, so nothing of it has happened when it runs again.
 */
async function whenFree<T>(work: () => Promise<T>, timeout = busyTimeout): Promise<T> {
  const last = performance.now() + timeout;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > last) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
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
  file.pragma(`busy_timeout = ${driverTimeout}`);
  return file;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^SQLITE_BUSY/.test(String(error.code));
}

/** Busy, locked, full, unreadable: https://sqlite.org/rescode.html */
const unavailable = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM)/;

export function isSqliteUnavailable(error: unknown): boolean {
  return error instanceof Error && "code" in error && unavailable.test(String(error.code));
}
