/** What a process has one of: its configuration, its keyring, its database and its signing keys. */
import { type Database, openDatabase } from "#db/index.ts";
import { wrongSettings } from "#lib/auth/guard/limit-settings.ts";
import { rules } from "#lib/auth/guard/rate-limits.ts";
import { SigningKeyCache } from "#lib/auth/session/signing-key-cache.ts";
import { loadSigningKeys } from "#lib/auth/session/signing-keys.ts";
import { type Config, ConfigError, config } from "#lib/config/index.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { processWide } from "#lib/process-wide.ts";

export interface Services {
  config: Config;
  keyring: Keyring;
  db: Database;
  keys: SigningKeyCache;
}

/** Creates them on the first call. @throws {ConfigError} */
export function services(): Services {
  return processWide("services", () => createServices(config()));
}

/** Separate services, for scripts and tests. The caller closes `db`. @throws {ConfigError} */
export function createServices(settings: Config): Services {
  // Checked here, where the configuration meets the table of limits.
  const wrong = wrongSettings(settings.rateLimitSettings, Object.keys(rules));
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));
  const keyring = new Keyring(settings.secrets);
  const db = openDatabase(settings.databaseUrl, settings.databaseAuthToken);
  const keys = new SigningKeyCache((now) =>
    loadSigningKeys({
      db: db.query,
      keyring,
      accessTokenLifetime: settings.accessTokenLifetime,
      now,
    }),
  );
  return { config: settings, keyring, db, keys };
}
