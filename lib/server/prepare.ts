/** What has to be there before the first request. */
import { migrate } from "#db/migrate.ts";
import { warmUp } from "#lib/auth/password-hash.ts";
import { ConfigError } from "#lib/config.ts";
import { log } from "#lib/http/log.ts";
import { announcePeerAddresses } from "#lib/http/peer-address.ts";
import { services } from "#lib/services.ts";
import { ensureDevelopmentSecret } from "./development-secret.ts";
import { schedulePruning } from "./prune.ts";

/** Prepares this process. A wrong configuration ends it, with one sentence for each mistake. */
export async function prepare(): Promise<void> {
  const development = process.env.NODE_ENV === "development";
  try {
    if (development) await ensureDevelopmentSecret();
    const { config, db, keys } = services();
    // In production `npm start` and the deployment migrate, once and before anything serves.
    if (development) await migrate(db);
    await Promise.all([keys.get(Date.now()), warmUp()]);
    if (config.production && !config.rateLimits) {
      log.warn("RATE_LIMITS is off: anyone may guess passwords as fast as they like.");
    }
    announcePeerAddresses();
    schedulePruning(db);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(`\n${error.message}\n`);
    process.exit(1);
  }
}
