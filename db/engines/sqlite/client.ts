/** The open file: its compiled statements, its durability, and who may use it when. */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database as SqliteFile, Statement } from "better-sqlite3";
import { UnusableDatabase } from "../../database.ts";
import { hasNoSharedMemory, isBusy } from "./errors.ts";

/** How long opening the file may wait for another process, in milliseconds. */
const openTimeout = 3_000;

/** Milliseconds for which SQLite itself waits for a lock. The whole process stands still then. */
const lockTimeout = 10;

/** Milliseconds in which the process does other work before it tries again. */
const pause = 25;

/** How far the write-ahead log grows before a checkpoint, in pages of 4 KiB. */
const checkpointEvery = 4_000;

/** More than there are queries. Each length of a list of values is a statement of its own. */
const maxStatements = 200;

/** Opens the file at `path`; creates it and its folder where they are missing. */
export async function openClient(path: string): Promise<SqliteClient> {
  // Left to Node.js: binaries for six platforms do not belong in a serverless function.
  const { default: Sqlite } = await import(/* turbopackIgnore: true */ "better-sqlite3");
  if (path !== ":memory:") createPrivately(path);
  const file = new Sqlite(path, { timeout: openTimeout });
  enableWriteAheadLog(file, path);
  // Every checkpoint waits for the disk twice; the default is one per 4 MB.
  file.pragma(`wal_autocheckpoint = ${checkpointEvery}`);
  file.pragma("foreign_keys = ON");
  file.pragma(`busy_timeout = ${lockTimeout}`);
  return new SqliteClient(file);
}

/**
 * Creates what is missing for this user alone: it holds password hashes and addresses. SQLite gives its
 * -wal and -shm files the mode of the database. What exists keeps its mode, because a group may be
 * meant to read it. Windows has no modes, and ignores them.
 */
function createPrivately(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // It exists, or SQLite will say why it cannot be created.
  }
}

/** With a write-ahead log, readers and the writer do not wait for each other. */
function enableWriteAheadLog(file: SqliteFile, path: string): void {
  try {
    const mode = file.pragma("journal_mode = WAL", { simple: true });
    // The log is opened by the first that reads.
    file.pragma("schema_version");
    // A database in memory has no log. A file system without shared memory may be passed over in silence.
    if (mode === "wal" || path === ":memory:") return;
  } catch (error) {
    if (!hasNoSharedMemory(error)) {
      file.close();
      throw error;
    }
  }
  file.close();
  throw new UnusableDatabase(
    `SQLite cannot keep its write-ahead log in ${dirname(path)}, because files there cannot be shared in memory: so it is on network drives and on some folders that are mounted into a container. Let DATABASE_URL name a file on a local disk or volume, or a database server.`,
  );
}

export class SqliteClient {
  readonly #file: SqliteFile;
  readonly #statements = new Map<string, Statement>();
  #durable: boolean | undefined;
  /** Resolves when the open transaction ends. */
  #transaction: Promise<void> | undefined;

  constructor(file: SqliteFile) {
    this.#file = file;
  }

  /**
   * Runs `work` between two transactions of this process, and again while another process is
   * writing, until `timeout` milliseconds have passed. `work` must meet the lock before it has
   * changed anything. Others may use the file while this waits.
   */
  async whenFree<T>(work: () => T, timeout: number): Promise<T> {
    const last = performance.now() + timeout;
    for (;;) {
      while (this.#transaction) await this.#transaction;
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || performance.now() > last) throw error;
      }
      await sleep(pause);
    }
  }

  /** Outside a transaction, call it in `whenFree` only. */
  execute<Row>(sql: string, parameters: readonly unknown[], durable: boolean) {
    const statement = this.#prepare(sql);
    if (!statement.readonly) this.#setDurable(durable);
    if (statement.reader) return { rows: statement.all(parameters) as Row[] };
    const { changes } = statement.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  /**
   * Begins a transaction and returns a function that lets others use the file again; call it in
   * `whenFree` only. Immediate, because a reader that turns into a writer cannot wait for
   * another writer (https://sqlite.org/lang_transaction.html, on SQLITE_BUSY).
   */
  begin(durable: boolean): () => void {
    this.#setDurable(durable);
    this.#prepare("begin immediate").run();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#transaction = promise;
    return () => {
      this.#transaction = undefined;
      resolve();
    };
  }

  commit(): void {
    this.#prepare("commit").run();
  }

  rollback(): void {
    // SQLite ends a transaction by itself after some errors, a full disk for one.
    if (this.#file.inTransaction) this.#prepare("rollback").run();
  }

  close(): void {
    this.#file.close();
  }

  #prepare(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#file.prepare(sql);
    if (this.#statements.size >= maxStatements) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }

  /**
   * FULL waits for the disk, so that whatever was acknowledged, above all a revocation, survives
   * a power cut; NORMAL leaves the wait to the system. The switch costs as much as a write, so it
   * happens only on a change, and SQLite ignores it inside a transaction.
   */
  #setDurable(durable: boolean): void {
    if (durable === this.#durable || this.#file.inTransaction) return;
    this.#file.pragma(`synchronous = ${durable ? "FULL" : "NORMAL"}`);
    this.#durable = durable;
  }
}
