import type { PostgresPool } from "kysely";
import { connectionOf } from "./driver.ts";
import { NotConnected } from "./errors.ts";

/** Per process. Each statement is short, and every serverless instance has a pool of its own. */
const maxConnections = 4;

/** Milliseconds. With the statement's own limit, below the 5 s until a 503. */
const connectTimeout = 2_000;

/** Milliseconds after which an unused connection closes, because others may be waiting for it. */
const idleTimeout = 10_000;

/** @param timeout for each statement, in milliseconds */
export async function openPool(url: string, timeout: number): Promise<PostgresPool> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: connectTimeout,
    query_timeout: timeout,
    idleTimeoutMillis: idleTimeout,
    keepAlive: true,
    // An idle pool must not keep a script running.
    allowExitOnIdle: true,
    types: { getTypeParser },
  });
  // The pool drops a connection that breaks while idle. Unhandled, the event would end the process.
  pool.on("error", () => {});
  if (process.env.VERCEL) {
    // Keeps an instance awake until its idle connections are closed, so that none stays behind.
    const { attachDatabasePool } = await import("@vercel/functions/db-connections");
    attachDatabasePool(pool);
  }

  /** Milliseconds since 1970 and counts are bigint in the database, and numbers here. */
  function getTypeParser(oid: number, format?: "text" | "binary") {
    return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format);
  }
  return {
    connect: async () =>
      connectionOf(
        await pool.connect().catch((error: Error) => {
          throw new NotConnected(error.message, { cause: error });
        }),
      ),
    end: () => pool.end(),
    options: pool.options,
  };
}
