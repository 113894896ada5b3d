/** What a database is to the rest of the program, whichever engine is behind it. */
import type { Kysely } from "kysely";
import type { Tables } from "./schema.ts";

export type Query = Kysely<Tables>;

/** The engines differ behind these five; the queries are the same for all of them. */
export interface Database {
  /** Every commit made here is durable before it is acknowledged. */
  query: Query;
  /**
   * For writes that a power cut may undo without harm: the advance of a session (the "ahead"
   * rule), counters, the audit log, pruning. `kill -9` loses nothing here either.
   */
  relaxed<T>(write: (query: Query) => Promise<T>): Promise<T>;
  /**
   * One transaction: everything that `run` writes through the database it receives, or nothing.
   * `run` is called again when the transaction loses against a concurrent one, so it must do
   * nothing but read and write there, and seal what it returns.
   */
  atomically<T>(run: (db: Database) => Promise<T>): Promise<T>;
  /** One transaction that no other instance can run at the same time; for migrations. */
  exclusively(run: (query: Query) => Promise<void>): Promise<void>;
  /** Where the tables are, on an engine that has schemas. */
  schema(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Something that only the operator can put right: the message is a sentence that says how. */
export class UnusableDatabase extends Error {
  override name = "UnusableDatabase";
}

export interface OpenOptions {
  /** For a libSQL server that asks for one. */
  authToken?: string | undefined;
  /** The Postgres schema of all tables; by default the connection's own, usually `public`. */
  schema?: string | undefined;
}

/** A kind of database. */
export interface Engine {
  /** What DATABASE_URL starts with, before the colon. */
  schemes: readonly string[];
  /** Connects to nothing and loads no driver before the first query. */
  open(url: string, options: OpenOptions): Database;
  /** Whether `error` is this engine's way of saying that it cannot work now but may later. */
  isUnavailable(error: unknown): boolean;
  /** Whether it may answer once it has started or woken up, as Neon, Aurora and Turso do. */
  isAsleep(error: unknown): boolean;
}

/** The database inside a transaction: everything done with it belongs to that transaction. */
export function inTransaction(
  transaction: Query,
  schema: Database["schema"] = async () => undefined,
): Database {
  const db: Database = {
    query: transaction,
    relaxed: (write) => write(transaction),
    atomically: (run) => run(db),
    exclusively: (run) => run(transaction),
    schema,
    close: async () => {},
  };
  return db;
}
