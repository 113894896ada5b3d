/** Brings a database to the newest migration. */
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { type Database, type Query, UnusableDatabase } from "./database.ts";
import { isUnavailable } from "./index.ts";
import { up as signIn } from "./migrations/001-sign-in.ts";
import { up as pruning } from "./migrations/002-pruning.ts";
import { up as account } from "./migrations/003-account.ts";
import { up as pendingSignUps } from "./migrations/004-pending-sign-ups.ts";
import { up as takeovers } from "./migrations/005-takeovers.ts";
import { up as limits } from "./migrations/006-limits.ts";
import { up as importedUsers } from "./migrations/008-imported-users.ts";

/** In order, and listed by hand so that bundlers see them. */
const migrations: Record<string, Pick<Migration, "up">> = {
  "001-sign-in": { up: signIn },
  "002-pruning": { up: pruning },
  "003-account": { up: account },
  "004-pending-sign-ups": { up: pendingSignUps },
  "005-takeovers": { up: takeovers },
  "006-limits": { up: limits },
  "008-imported-users": { up: importedUsers },
};

/**
 * Runs the migrations that have not run yet, all or none, and returns their names. Idempotent;
 * instances that start together wait for each other.
 * @param last the migration to stop after; the newest by default
 */
export async function migrate(db: Database, last?: string): Promise<string[]> {
  const ran: string[] = [];
  const schema = await db.schema();
  await db.exclusively(async (query) => {
    const migrator = migratorOf(query, schema);
    const { error, results } = await (last ? migrator.migrateTo(last) : migrator.migrateToLatest());
    if (error) throw explained(error);
    ran.push(...(results ?? []).map((result) => result.migrationName));
  });
  return ran;
}

/** Returns every migration and when it ran on this database. Changes nothing. */
export async function migrationStatus(db: Database): Promise<{ name: string; at?: Date }[]> {
  const all = await migratorOf(db.query, await db.schema()).getMigrations();
  return all.map(({ name, executedAt }) => ({ name, ...(executedAt && { at: executedAt }) }));
}

/** Whether the database is at least as new as this program. */
export async function isMigrated({ query }: Database): Promise<boolean> {
  const newest = Object.keys(migrations).at(-1) ?? "";
  try {
    const found = await (query as unknown as Kysely<MigrationTables>)
      .selectFrom("kysely_migration")
      .select("name")
      .where("name", "=", newest)
      .executeTakeFirst();
    return found !== undefined;
  } catch (error) {
    if (isUnavailable(error)) throw error;
    // The table itself is missing.
    return false;
  }
}

interface MigrationTables {
  kysely_migration: { name: string };
}

/**
 * @param schema by its name: without it, Kysely takes another program's table in any schema of the
 * database for ours (kysely-org/kysely#1214)
 */
function migratorOf(query: Query, schema: string | undefined): Migrator {
  return new Migrator({
    db: query as Kysely<unknown>,
    provider: { getMigrations: async () => migrations },
    ...(schema !== undefined && { migrationTableSchema: schema }),
  });
}

const elsewhere =
  "Give this program a database of its own or, on Postgres, a schema: DATABASE_SCHEMA=auth.";

/** Another program's tables are in the way: a sentence instead of what Kysely and the engines say. */
function explained(error: unknown): unknown {
  const message = error instanceof Error ? error.message : "";
  const [, taken] =
    /(?:relation|table|index) [`"']?(\w+)[`"']? already exists/i.exec(message) ?? [];
  if (taken) {
    return new UnusableDatabase(
      `The database has a table "${taken}" already, and it is not this program's. ${elsewhere}`,
    );
  }
  const [, unknown] =
    /corrupted migrations: previously executed migration (\S+)/.exec(message) ?? [];
  if (unknown) {
    return new UnusableDatabase(
      `The database has been through the migration "${unknown}", which this program does not know. Either a newer version has migrated it: run that one. Or the table kysely_migration is another program's. ${elsewhere}`,
    );
  }
  return error;
}
