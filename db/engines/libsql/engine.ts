/** libSQL over HTTP, the protocol of Turso. */
import { Kysely } from "kysely";
import { type Database, type Engine, inTransaction, type OpenOptions } from "../../database.ts";
import type { Tables } from "../../schema.ts";
import { openClient } from "./client.ts";
import { SqliteDialect } from "./dialect.ts";
import { LibsqlDriver } from "./driver.ts";
import { isAsleep, isUnavailable } from "./errors.ts";

/** Milliseconds. Below the 5 s after which a hanging database must have become a 503. */
const statementTimeout = 3_000;

/** Milliseconds. No client waits for a migration, so it may wait for another instance's. */
const migrationTimeout = 60_000;

export const libsql: Engine = {
  schemes: ["libsql", "https", "http"],
  open,
  isUnavailable,
  isAsleep,
};

/** @param url such as `libsql://name-org.turso.io` */
function open(url: string, { authToken }: OpenOptions): Database {
  const connect = (timeout: number) => {
    const driver = () => new LibsqlDriver(() => openClient(url, authToken, timeout));
    return new Kysely<Tables>({ dialect: new SqliteDialect(driver) });
  };
  const query = connect(statementTimeout);
  return {
    query,
    // The server decides how durable a commit is.
    relaxed: (write) => write(query),
    atomically: (run) =>
      query.transaction().execute((transaction) => run(inTransaction(transaction))),
    async exclusively(run) {
      const patient = connect(migrationTimeout);
      try {
        // The server runs one write transaction at a time.
        await patient.transaction().execute(run);
      } finally {
        await patient.destroy();
      }
    },
    schema: async () => undefined,
    close: () => query.destroy(),
  };
}
