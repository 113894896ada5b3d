import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import type { SqliteClient } from "./client.ts";

export interface SqliteOptions {
  /** Whether a commit waits for the disk. */
  durable: boolean;
  /** How long a statement waits for another process to finish writing, in milliseconds. */
  timeout: number;
}

/** Several of these may share one client. */
export class SqliteDriver implements Driver {
  readonly #connect: () => Promise<SqliteClient>;
  readonly #options: SqliteOptions;
  #client: SqliteClient | undefined;

  constructor(connect: () => Promise<SqliteClient>, options: SqliteOptions) {
    this.#connect = connect;
    this.#options = options;
  }

  async init() {
    this.#client = await this.#connect();
  }

  async acquireConnection() {
    if (!this.#client) throw new Error("The database has been closed.");
    return new SqliteConnection(this.#client, this.#options);
  }

  beginTransaction(connection: SqliteConnection) {
    return connection.begin();
  }

  commitTransaction(connection: SqliteConnection) {
    return connection.commit();
  }

  rollbackTransaction(connection: SqliteConnection) {
    return connection.rollback();
  }

  async releaseConnection() {}

  async destroy() {
    this.#client?.close();
    this.#client = undefined;
  }
}

/** A connection in name only: they all share the client, and one at a time has a transaction. */
class SqliteConnection implements DatabaseConnection {
  readonly #client: SqliteClient;
  readonly #options: SqliteOptions;
  /** Ends the turn of the transaction that this connection has open. */
  #endTurn: (() => void) | undefined;

  constructor(client: SqliteClient, options: SqliteOptions) {
    this.#client = client;
    this.#options = options;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { durable, timeout } = this.#options;
    const execute = () => this.#client.execute<Row>(sql, parameters, durable);
    return this.#endTurn ? execute() : this.#client.whenFree(execute, timeout);
  }

  async begin() {
    const { durable, timeout } = this.#options;
    this.#endTurn = await this.#client.whenFree(() => this.#client.begin(durable), timeout);
  }

  /** Kysely rolls back when this fails. */
  async commit() {
    this.#client.commit();
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  async rollback() {
    try {
      this.#client.rollback();
    } catch {
      // The error that led here is the one to report.
    }
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator
  async *streamQuery(): AsyncGenerator<never> {
    throw new Error("Nothing here streams.");
  }
}
