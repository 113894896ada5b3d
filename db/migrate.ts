/** Brings a database to the newest migration. */
import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Database, Query } from "./database.ts";
import { isUnavailable } from "./index.ts";
import { up as signIn } from "./migrations/001-sign-in.ts";
import { up as pruning } from "./migrations/002-pruning.ts";
import { up as account } from "./migrations/003-account.ts";
import { up as importedUsers } from "./migrations/008-imported-users.ts";

/** In order, and listed by hand so that bundlers see them. */
const migrations: Record<string, Pick<Migration, "up">> = {
  "001-sign-in": { up: signIn },
  "002-pruning": { up: pruning },
  "003-account": { up: account },
  "008-imported-users": { up: importedUsers },
};

/**
 * Runs the migrations that have not run yet, all or none, and returns their names. Idempotent;
 * instances that start together wait for each other.
 * @param last the migration to stop after; the newest by default
 */
export async function migrate(db: Database, last?: string): Promise<string[]> {
  const ran: string[] = [];
  await db.exclusively(async (query) => {
    const migrator = migratorOf(query);
    const { error, results } = await (last ? migrator.migrateTo(last) : migrator.migrateToLatest());
    if (error) throw error;
    ran.push(...(results ?? []).map((result) => result.migrationName));
  });
  return ran;
}

/** Returns every migration and when it ran on this database. Changes nothing. */
export async function migrationStatus(db: Database): Promise<{ name: string; at?: Date }[]> {
  const all = await migratorOf(db.query).getMigrations();
  return all.map(({ name, executedAt }) => ({ name, ...(executedAt && { at: executedAt }) }));
}

/** Whether the database is at least as new as this program. */
export async function isMigrated({ query }: Database): Promise<boolean> {
  const newest = Object.keys(migrations).at(-1);
  try {
    const found = await sql`select 1 from kysely_migration where name = ${newest}`.execute(query);
    return found.rows.length > 0;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    // The table itself is missing.
    return false;
  }
}

function migratorOf(query: Query): Migrator {
  return new Migrator({
    db: query as Kysely<unknown>,
    provider: { getMigrations: async () => migrations },
  });
}
