/** What a process has one of: its database and its signing keys. */
import { type Database, openDatabase } from "#db/index.ts";
import { SigningKeyCache } from "#lib/auth/session/signing-key-cache.ts";
import { loadSigningKeys } from "#lib/auth/session/signing-keys.ts";
import { type Config, config } from "#lib/config/index.ts";

export interface Services {
  config: Config;
  db: Database;
  keys: SigningKeyCache;
}

/**
 * Kept on globalThis, because Next bundles pages, route handlers and instrumentation apart, each
 * with its own copy of this module, and reloads them while developing. Two connections of one
 * process to one SQLite file could wait for each other.
 */
const holder = globalThis as { [key: symbol]: Services | undefined };
const slot = Symbol.for("latchkey.services");

/** Opens what is not open yet. @throws {ConfigError} */
export function services(): Services {
  holder[slot] ??= createServices(config());
  return holder[slot];
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
