/** What a process has one of: its database and its signing keys. */
import { type Database, openDatabase } from "#db/index.ts";
import { SigningKeyCache } from "#lib/auth/session/signing-key-cache.ts";
import { loadSigningKeys } from "#lib/auth/session/signing-keys.ts";
import { type Config, config } from "#lib/config/index.ts";
import { processWide } from "#lib/process-wide.ts";

export interface Services {
  config: Config;
  db: Database;
  keys: SigningKeyCache;
}

/** Opens what is not open yet. @throws {ConfigError} */
export function services(): Services {
  return processWide("services", () => createServices(config()));
}

/** Services of their own, for scripts and tests. */
export function createServices(settings: Config): Services {
  const db = openDatabase(settings.databaseUrl, settings.databaseAuthToken);
  const keys = new SigningKeyCache((now) =>
    loadSigningKeys({
      db: db.query,
      secrets: settings.secrets,
      accessTokenLifetime: settings.accessTokenLifetime,
      now,
    }),
  );
  return { config: settings, db, keys };
}
