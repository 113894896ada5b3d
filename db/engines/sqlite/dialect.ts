import {
  type Dialect,
  type Driver,
  type Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

/** SQLite's language over a driver of ours. */
export class SqliteDialect implements Dialect {
  readonly createDriver: () => Driver;

  constructor(createDriver: () => Driver) {
    this.createDriver = createDriver;
  }

  createQueryCompiler() {
    return new SqliteQueryCompiler();
  }

  createAdapter() {
    return new Adapter();
  }

  createIntrospector(db: Kysely<unknown>) {
    return new SqliteIntrospector(db);
  }
}

class Adapter extends SqliteAdapter {
  /** Otherwise Kysely would make each statement wait for the one before. */
  override get supportsMultipleConnections() {
    return true;
  }

  /** SQLite rolls back a `create table` like anything else; Kysely is only cautious. */
  override get supportsTransactionalDdl() {
    return true;
  }
}
