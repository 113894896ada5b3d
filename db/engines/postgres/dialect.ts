import { PostgresAdapter, PostgresDialect as Stock } from "kysely";

export class PostgresDialect extends Stock {
  override createAdapter() {
    return new Adapter();
  }
}

/** Without Kysely's migration lock, which ends before our transaction does; engine.ts takes one. */
class Adapter extends PostgresAdapter {
  override async acquireMigrationLock() {}
  override async releaseMigrationLock() {}
}
