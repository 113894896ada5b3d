/** Brings a database to the newest migration. */
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { Database } from "./index.ts";
import { up as signIn } from "./migrations/001-sign-in.ts";

/** Listed by hand, so that bundlers see them and their order is plain. */
const migrations: Record<string, Pick<Migration, "up">> = {
  "001-sign-in": { up: signIn },
};

/**
 * Runs what has not run yet, and answers the names of what it ran. Idempotent; instances that
 * start together wait for each other. All of it happens or nothing does.
 */
export async function migrate(db: Database): Promise<string[]> {
  const ran: string[] = [];
  await db.exclusively(async (query) => {
    const migrator = new Migrator({
      db: query as Kysely<unknown>,
      provider: { getMigrations: async () => migrations },
      disableTransactions: true,
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error) throw error;
    ran.push(...(results ?? []).map((result) => result.migrationName));
  });
  return ran;
}
