/** Opens the database that DATABASE_URL names. */
import type { Kysely } from "kysely";
import { isSqliteUnavailable, openSqlite } from "./engines/sqlite.ts";
import type { Tables } from "./schema.ts";

export type Query = Kysely<Tables>;

export interface Database {
  /** Every commit made here is durable before it is acknowledged. */
  query: Query;
  /**
   * For writes that a power cut may take back without hurting anyone: the advance of a session
   * (the "ahead" rule), counters, the audit log. `kill -9` loses nothing here either.
   */
  relaxed<T>(write: (query: Query) => Promise<T>): Promise<T>;
  /** One transaction that no other instance can run beside; for migrations. */
  exclusively(run: (query: Query) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Opens `url`, for example `file:.data/auth.db`. */
export function openDatabase(url: string): Database {
  return openSqlite(url.slice("file:".length));
}

/** Whether `error` says that the database could not do its work just now, and may do it later. */
export function isUnavailable(error: unknown): boolean {
  return isSqliteUnavailable(error);
}
