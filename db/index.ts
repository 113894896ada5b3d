/** Opens the database that DATABASE_URL names. */
import type { Kysely } from "kysely";
import { isLibsqlUnavailable, openLibsql } from "./engines/libsql.ts";
import { isPostgresUnavailable, openPostgres } from "./engines/postgres.ts";
import { isSqliteUnavailable, openSqlite } from "./engines/sqlite.ts";
import type { Tables } from "./schema.ts";

export type Query = Kysely<Tables>;

/** What differs from engine to engine is behind these five; the queries are the same for all. */
export interface Database {
  /** Every commit made here is durable before it is acknowledged. */
  query: Query;
  /**
   * For writes that a power cut may take back without hurting anyone: the advance of a session
   * (the "ahead" rule), counters, the audit log, pruning. `kill -9` loses nothing here either.
   */
  relaxed<T>(write: (query: Query) => Promise<T>): Promise<T>;
  /**
   * One transaction: all of what `run` writes through the database it is given, or nothing. It runs
   * again where the transaction has lost against another one, so it does nothing but read and write
   * there, and seal what it answers.
   */
  atomically<T>(run: (db: Database) => Promise<T>): Promise<T>;
  /** One transaction that no other instance can run beside; for migrations. */
  exclusively(run: (query: Query) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens `url`: `file:` (SQLite), `libsql:`, `https:` or `http:` (libSQL, Turso), `postgres:` or
 * `postgresql:`. Nothing is connected and no driver is loaded before the first query.
 * @param authToken what a libSQL server asks for
 */
export function openDatabase(url: string, authToken?: string): Database {
  const scheme = url.slice(0, url.indexOf(":"));
  switch (scheme) {
    case "postgres":
    case "postgresql":
      return openPostgres(url);
    case "libsql":
    case "https":
    case "http":
      return openLibsql(url, authToken);
    default:
      return openSqlite(url.slice("file:".length));
  }
}

/** A database inside a transaction: everything that is done with it belongs to that one. */
export function within(transaction: Query): Database {
  const db: Database = {
    query: transaction,
    relaxed: (write) => write(transaction),
    atomically: (run) => run(db),
    exclusively: (run) => run(transaction),
    close: async () => {},
  };
  return db;
}

/** Whether `error` says that the database could not do its work just now, and may do it later. */
export function isUnavailable(error: unknown): boolean {
  return isSqliteUnavailable(error) || isPostgresUnavailable(error) || isLibsqlUnavailable(error);
}
