/** What Kysely's own driver needs of a connection, made to survive conflicts and cut lines. */
import type { PostgresPoolClient } from "kysely";
import type { PoolClient } from "pg";
import { isConflict, isConnectionLost } from "./errors.ts";

/** How often a statement or transaction runs that keeps losing against concurrent ones. */
const maxTries = 10;

/**
 * Repeats a statement that lost against a concurrent one, and keeps a broken connection from
 * returning to the pool.
 */
export function connectionOf(client: PoolClient): PostgresPoolClient {
  let inTransaction = false;
  let broken: Error | undefined;
  const markBroken = (error: Error) => {
    broken ??= error;
  };
  // The pool listens on idle connections only. If this one broke between two statements of a
  // transaction, the event would be unhandled and end the process.
  client.on("error", markBroken);

  async function query(text: string, values: unknown[]) {
    // A caller that has waited in vain must not wait for the rollback as well.
    if (broken) throw broken;
    if (/^(begin|start transaction)/.test(text)) inTransaction = true;
    try {
      const send = () => client.query(text, values);
      // In a transaction, a statement cannot run again without those before it.
      return await (inTransaction ? send() : retryOnConflict(send));
    } catch (error) {
      // After a time-out the answer may still arrive and would pass for the next statement's.
      if (isConnectionLost(error)) markBroken(error as Error);
      throw error;
    }
  }
  // Kysely's type also has cursors; nothing here streams.
  return {
    query: query as unknown as PostgresPoolClient["query"],
    release() {
      client.off("error", markBroken);
      client.release(broken);
    },
  };
}

/**
 * Runs `work` again when it lost against a concurrent statement or transaction. Serialization
 * failures are normal on CockroachDB and YugabyteDB; the server has rolled back what there was.
 */
export async function retryOnConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || tries === maxTries) throw error;
    }
    // At random, or the two that collided would collide again.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * tries));
  }
}
