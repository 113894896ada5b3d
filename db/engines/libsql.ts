/** libSQL over HTTP, which is how Turso is spoken to: everything that differs from the others. */
import type { Client, InValue, Transaction } from "@libsql/client";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { type Database, within } from "../index.ts";
import type { Tables } from "../schema.ts";

/** Milliseconds. Below the 5 s in which a database that hangs has to become a 503. */
const statementTimeout = 3_000;

/** Milliseconds. A migration has nobody waiting for it; it may wait for another instance's. */
const migrationTimeout = 60_000;

/** Opens `url`, such as `libsql://name-org.turso.io`. */
export function openLibsql(url: string, authToken: string | undefined): Database {
  const connect = (timeout: number) =>
    new Kysely<Tables>({ dialect: new LibsqlDialect(() => open(url, authToken, timeout)) });
  const query = connect(statementTimeout);
  return {
    query,
    relaxed: (write) => write(query),
    atomically: (run) => query.transaction().execute((transaction) => run(within(transaction))),
    async exclusively(run) {
      const patient = connect(migrationTimeout);
      try {
        // A write transaction is the only one of its kind on the server.
        await patient.transaction().execute(run);
      } finally {
        await patient.destroy();
      }
    },
    close: () => query.destroy(),
  };
}

/** The part of the client that speaks HTTP: without native code, and nothing stays connected. */
async function open(url: string, authToken: string | undefined, timeout: number): Promise<Client> {
  const { createClient } = await import("@libsql/client/http");
  return createClient({
    url,
    ...(authToken && { authToken }),
    intMode: "number",
    fetch: (request: Request) => fetchInTime(request, timeout),
  });
}

/**
 * Taken apart, because Next's `fetch` copies a `Request`, and of the chain of copies the garbage
 * collector takes a link, and the signal with it.
 */
async function fetchInTime({ url, method, headers, body }: Request, timeout: number) {
  const signal = AbortSignal.timeout(timeout);
  const bytes = body && (await new Response(body).arrayBuffer());
  return fetch(url, { method, headers, body: bytes, signal });
}

/** SQLite's language over another line. */
class LibsqlDialect implements Dialect {
  readonly #connect: () => Promise<Client>;

  constructor(connect: () => Promise<Client>) {
    this.#connect = connect;
  }

  createDriver(): Driver {
    return new LibsqlDriver(this.#connect);
  }

  createQueryCompiler() {
    return new SqliteQueryCompiler();
  }

  createAdapter() {
    return new RemoteAdapter();
  }

  createIntrospector(db: Kysely<unknown>) {
    return new SqliteIntrospector(db);
  }
}

/** What Kysely cannot know of SQLite behind a server. */
class RemoteAdapter extends SqliteAdapter {
  /** Without this one statement would wait for the other. */
  override get supportsMultipleConnections() {
    return true;
  }

  /** SQLite takes back a `create table` as well; Kysely is only careful. */
  override get supportsTransactionalDdl() {
    return true;
  }
}

class LibsqlDriver implements Driver {
  readonly #connect: () => Promise<Client>;
  #client: Client | undefined;

  constructor(connect: () => Promise<Client>) {
    this.#connect = connect;
  }

  async init() {
    this.#client = await this.#connect();
  }

  async acquireConnection() {
    if (!this.#client) throw new Error("The database has been closed.");
    return new LibsqlConnection(this.#client);
  }

  beginTransaction(connection: LibsqlConnection) {
    return connection.begin();
  }

  commitTransaction(connection: LibsqlConnection) {
    return connection.commit();
  }

  async rollbackTransaction(connection: LibsqlConnection) {
    connection.abandon();
  }

  async releaseConnection() {}

  async destroy() {
    this.#client?.close();
    this.#client = undefined;
  }
}

/** A connection in name only: each statement outside of a transaction is a request by itself. */
class LibsqlConnection implements DatabaseConnection {
  readonly #client: Client;
  #transaction: Transaction | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  async begin() {
    this.#transaction = await this.#client.transaction("write");
  }

  async commit() {
    await this.#transaction?.commit();
    this.#transaction = undefined;
  }

  /**
   * The server takes back what is not committed. Nobody waits for it: it may have done so by itself
   * after its own limit, or be the one that does not answer.
   */
  abandon() {
    this.#transaction?.close();
    this.#transaction = undefined;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const executor = this.#transaction ?? this.#client;
    const { columns, rows, rowsAffected } = await executor.execute({
      sql,
      args: parameters as InValue[],
    });
    return {
      numAffectedRows: BigInt(rowsAffected),
      // The client's rows are arrays with names; ours are plain objects.
      rows: rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name]])) as Row),
    };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error("libSQL's HTTP protocol streams nothing; nor does anything here.");
  }
}

/** libSQL's own codes; SQLite's (SQLITE_BUSY and the like) come with the same words as embedded. */
const unavailable = /^(SERVER_ERROR|HRANA_|STREAM_EXPIRED|TRANSACTION_)/;

export function isLibsqlUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && unavailable.test(String(error.code))) return true;
  // What `fetch` rejects with when there is no answer, none in time, or only half of one.
  return error.name === "TimeoutError" || /^(fetch failed|terminated)$/.test(error.message);
}
