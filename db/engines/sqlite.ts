/** SQLite, embedded: everything that differs from the other engines. */
import { AsyncLocalStorage } from "node:async_hooks";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Database as SqliteFile, Statement } from "better-sqlite3";
import { Kysely, type SqliteDatabase, SqliteDialect, sql } from "kysely";
import { type Database, type Query, within } from "../index.ts";
import type { Tables } from "../schema.ts";

/** How long a statement waits for another process to finish writing, in milliseconds. */
const busyTimeout = 3_000;

/** As above, for a migration, which has nobody waiting for it. */
const migrationTimeout = 60_000;

/** How long of that the driver waits by itself: so long the whole process stands still. */
const driverTimeout = 10;

/** How long the process does other things before it looks again, in milliseconds. */
const pause = 25;

/** How long the write-ahead log grows, in pages of 4 KiB. */
const checkpointEvery = 4_000;

/** Opens the file at `path`, making it and its folder where they are missing. */
export function openSqlite(path: string): Database {
  // Goes along with a statement while it waits for the one connection, and with no other one.
  const relaxing = new AsyncLocalStorage<true>();
  const database = async () => prepareOnce(await open(path), () => !relaxing.getStore());
  const query = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });

  // A statement by itself waits here. The one connection is free meanwhile, so readers go on.
  const executor = query.getExecutor();
  const execute = executor.executeQuery.bind(executor);
  executor.executeQuery = (...statement) => whenFree(() => execute(...statement));

  const immediately = <T>(run: (connection: Query) => Promise<T>, timeout?: number) =>
    whenFree(() => query.connection().execute((connection) => transact(connection, run)), timeout);

  return {
    query,
    relaxed: (write) => relaxing.run(true, () => write(query)),
    atomically: (run) => immediately((connection) => run(within(connection))),
    exclusively: (run) => immediately(run, migrationTimeout),
    close: () => query.destroy(),
  };
}

/** Immediate: a reader that becomes a writer half-way could not wait for another writer. */
async function transact<T>(connection: Query, run: (connection: Query) => Promise<T>): Promise<T> {
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
  // With a write-ahead log readers and the writer do not wait for each other.
  file.pragma("journal_mode = WAL");
  // At each checkpoint everyone waits for the disk twice; by default that is every 4 MB.
  file.pragma(`wal_autocheckpoint = ${checkpointEvery}`);
  file.pragma("foreign_keys = ON");
  file.pragma(`busy_timeout = ${driverTimeout}`);
  return file;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && /^SQLITE_BUSY/.test(String(error.code));
}

/** More than there are queries; a list of values in one of them makes it another one. */
const maxStatements = 200;

/**
 * The file as Kysely wants it, with each statement compiled once. Before a write it also says
 * whether the commit waits for the disk: FULL does, so what was acknowledged, a revocation above
 * all, survives a power cut; NORMAL leaves it to the system. Saying so costs as much as a write,
 * so it is said only when it changes: a server that is asked for refreshes alone says it once.
 */
function prepareOnce(file: SqliteFile, isDurable: () => boolean): SqliteDatabase {
  const statements = new Map<string, Statement>();
  let durable: boolean | undefined;

  function prepare(sql: string): Statement {
    const known = statements.get(sql);
    if (known) return known;
    const statement = file.prepare(sql);
    if (statements.size >= maxStatements) statements.clear();
    statements.set(sql, statement);
    return statement;
  }

  return {
    prepare(sql) {
      const statement = prepare(sql);
      // `begin` belongs to what it begins; within a transaction it is too late to choose.
      const writes = !statement.readonly || sql.startsWith("begin");
      if (writes && durable !== isDurable() && !file.inTransaction) {
        durable = isDurable();
        file.pragma(`synchronous = ${durable ? "FULL" : "NORMAL"}`);
      }
      return statement as ReturnType<SqliteDatabase["prepare"]>;
    },
    close: () => file.close(),
  };
}

/** Busy, locked, full, unreadable: https://sqlite.org/rescode.html */
const unavailable = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM)/;

export function isSqliteUnavailable(error: unknown): boolean {
  return error instanceof Error && "code" in error && unavailable.test(String(error.code));
}
