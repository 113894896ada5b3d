/** Opens the database that DATABASE_URL names. */
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { type Database, type Engine, type OpenOptions, UnusableDatabase } from "./database.ts";
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
 * @throws {Error} when no engine has the scheme
 * @example
 * const db = openDatabase("file:.data/auth.db");
 * const user = await findUser(db.query, "ada@example.com");
 * await db.close();
 */
export function openDatabase(url: string, options: OpenOptions = {}): Database {
  const scheme = url.slice(0, Math.max(0, url.indexOf(":")));
  const engine = engines.find(({ schemes }) => schemes.includes(scheme));
  // Without the rest of the URL, which may contain a password.
  if (!engine) throw new Error(`No database engine opens URLs that start with "${scheme}:".`);
  return engine.open(url, options);
}

/** Whether `error` says that the database cannot do its work now but may do it later. */
export function isUnavailable(error: unknown): boolean {
  return engines.some((engine) => engine.isUnavailable(error));
}

/** Whether `error` is for the operator to put right. By name: each of Next's bundles has its own class. */
export function isUnusable(error: unknown): error is UnusableDatabase {
  return error instanceof Error && error.name === UnusableDatabase.name;
}

/** Milliseconds between two tries. */
const pause = 500;

/**
 * Waits up to `patience` milliseconds for a database that is starting or asleep. For commands and
 * migrations, which nobody sits in front of; requests get a 503 meanwhile.
 * @param onWait called once, when the first try has failed
 */
export async function untilAwake(
  db: Database,
  onWait: (error: Error) => void,
  patience = 30_000,
): Promise<void> {
  const last = performance.now() + patience;
  for (let told = false; ; told = true) {
    try {
      await sql`select 1`.execute(db.query);
      return;
    } catch (error) {
      const asleep = engines.some((engine) => engine.isAsleep(error));
      if (!asleep || performance.now() > last) throw error;
      if (!told) onWait(error as Error);
    }
    await sleep(pause);
  }
}
