import type { Client, InValue, Transaction } from "@libsql/client";
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";

export class LibsqlDriver implements Driver {
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

/** A connection in name only: each statement outside a transaction is a request of its own. */
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
   * The server rolls back what is not committed. This does not wait for it: the server may have
   * done so already, after its own limit, or may be the one that does not answer.
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
    throw new Error("Nothing here streams.");
  }
}
