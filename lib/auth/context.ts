import type { Database } from "#db/index.ts";
import type { Config } from "#lib/config/index.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import type { SigningKeyCache } from "./session/signing-key-cache.ts";

/** What the core works with. It is passed in, never reached for. */
export interface AuthContext {
  db: Database;
  config: Config;
  keyring: Keyring;
  keys: SigningKeyCache;
  /** Unix milliseconds, one value for the whole request. */
  now: number;
  caller: Caller;
  /** Whether this request has queued emails, to be sent once the response is on its way. */
  outbox: { filled: boolean };
}

/** The caller, as far as the connection tells. */
export interface Caller {
  ip: string;
  /** What attempts are counted by: the address, or the /64 of an IPv6 address. */
  network: string;
  userAgent: string;
  /** Where the address is, in words, as far as the platform tells; or empty. */
  place: string;
}

/**
 * Runs `run` in one database transaction: all that it writes through the context it is given
 * commits, or nothing does. An engine may run it again after a conflict, so it must do nothing but
 * read and write there, and seal.
 */
export function transaction<T>(
  context: AuthContext,
  run: (tx: AuthContext) => Promise<T>,
): Promise<T> {
  return context.db.atomically((db) => run({ ...context, db }));
}
