/** Opens the database that DATABASE_URL names. */
import type { Database, Engine } from "./database.ts";
import { libsql } from "./engines/libsql/engine.ts";
import { postgres } from "./engines/postgres/engine.ts";
import { sqlite } from "./engines/sqlite/engine.ts";

export type { Database, Query } from "./database.ts";

/**
 * To add an engine, write a folder with the same five files, list it here, and let lib/config
 * accept its URLs.
 */
const engines: Engine[] = [sqlite, libsql, postgres];

/**
 * Opens `url`: `file:` (SQLite), `libsql:`, `https:` or `http:` (libSQL, Turso), `postgres:` or
 * `postgresql:`. It connects, and loads the driver, with the first query.
 * @param authToken for a libSQL server that asks for one
 * @throws {Error} when no engine has the scheme
 * @example
 * const db = openDatabase("file:.data/auth.db");
 * const user = await findUser(db.query, "ada@example.com");
 * await db.close();
 */
export function openDatabase(url: string, authToken?: string): Database {
  const scheme = url.slice(0, Math.max(0, url.indexOf(":")));
  const engine = engines.find(({ schemes }) => schemes.includes(scheme));
  // Without the rest of the URL, which may contain a password.
  if (!engine) throw new Error(`No database engine opens URLs that start with "${scheme}:".`);
  return engine.open(url, authToken);
}

/** Whether `error` says that the database cannot do its work now but may do it later. */
export function isUnavailable(error: unknown): boolean {
  return engines.some((engine) => engine.isUnavailable(error));
}
