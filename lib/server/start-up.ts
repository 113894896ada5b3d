/** Gets the process ready before its first request. */
import { isUnavailable, isUnusable, untilAwake } from "#db/index.ts";
import { migrate } from "#db/migrate.ts";
import { warmUp } from "#lib/auth/password/hash.ts";
import { checkConfig, suspicions } from "#lib/config/check.ts";
import { ConfigError, isApiHere } from "#lib/config/index.ts";
import { announcePeerAddresses } from "#lib/http/peer-address.ts";
import { guardPolicies } from "#lib/http/policy-headers.ts";
import { log } from "#lib/log.ts";
import { services } from "#lib/services.ts";
import { ensureDevelopmentSecret } from "./development-secret.ts";
import { scheduleMaintenance } from "./maintenance.ts";

const migratesAtStart = process.env.MIGRATE_AT_START === "yes";

/**
 * Prepares this process. A wrong configuration ends it, with a sentence for each mistake, and so does a
 * database that only the operator can put right.
 */
export async function prepare(): Promise<void> {
  try {
    if (process.env.NODE_ENV === "development") await ensureDevelopmentSecret();
    const config = checkConfig(process.env);
    for (const suspicion of suspicions(process.env)) log.warn(suspicion);
    announcePeerAddresses(config);
    // On Vercel the middleware has already run elsewhere when a request arrives here. In development
    // Next's own error pages need scripts.
    if (config.production && !config.vercel) guardPolicies();
    if (isApiHere(config)) await startApi();
  } catch (error) {
    if (!(error instanceof ConfigError) && !isUnusable(error)) throw error;
    console.error(`\n${error.message}\n`);
    process.exit(1);
  }
}

async function startApi(): Promise<void> {
  const { config, db, keys } = services();
  if (config.production && !config.rateLimits) {
    log.warn("RATE_LIMITS is off: anyone may guess passwords as fast as they like.");
  }
  try {
    // In production `npm start` or the deployment migrates, once and before any instance serves. A
    // standalone build (next.config.js) comes without them.
    if (!config.production || migratesAtStart) {
      await untilAwake(db, () => log.warn("the database does not answer yet; waiting up to 30 s"));
      await migrate(db);
    }
    await Promise.all([keys.get(Date.now()), warmUp()]);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    // Nothing would migrate it later. Whoever started the container starts it again.
    if (config.production && migratesAtStart) {
      console.error(`The database does not answer: ${(error as Error).message}`);
      process.exit(1);
    }
    // It may be back before the first request; until then requests get a 503.
    log.warn({ reason: String(error) }, "the database does not answer yet");
  }
  if (config.production && !config.vercel && config.trustedProxies.length === 0) {
    log.info(
      "TRUSTED_PROXIES is not set: no forwarding headers are trusted, so behind a proxy all visitors count as one network.",
    );
  }
  if (config.production && !config.mail) {
    log.warn(
      "SMTP_URL is not set, so no email is sent: nobody can reset a forgotten password, confirm an address or change it, and no owner hears of a sign-in. What needs email returns 503 mail_unavailable.",
    );
  }
  // On Vercel no process lives long enough: the scheduler calls /api/cron.
  if (!config.vercel) scheduleMaintenance(services());
}
