import { isApiHere } from "#lib/config/index.ts";
import { log } from "#lib/log.ts";
import { services } from "#lib/services.ts";

/**
 * Applies a migration that was added while the development server runs. Every page and route calls
 * it; in production it does nothing, because there `npm start` or the deployment migrates.
 * @throws {Error} when a migration fails
 */
export async function migrateInDevelopment(): Promise<void> {
  if (process.env.NODE_ENV !== "development") return;
  const { config, db } = services();
  if (!isApiHere(config)) return;
  const { isMigrated, migrate } = await import("#db/migrate.ts");
  if (await isMigrated(db)) return;
  try {
    log.info({ migrations: await migrate(db) }, "migrated");
  } catch (cause) {
    throw new Error(
      `The database could not be migrated: ${cause}. Correct the migration, or run \`npm run db:migrate\` to see the whole error.`,
      { cause },
    );
  }
}
