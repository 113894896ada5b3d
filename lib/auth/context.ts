import type { Database } from "#db/index.ts";
import type { SigningKeyCache } from "#lib/auth/session/signing-key-cache.ts";
import type { Config } from "#lib/config/index.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";

/** What the core works with; passed in, never reached for. */
export interface AuthContext {
  db: Database;
  config: Config;
  keyring: Keyring;
  keys: SigningKeyCache;
  /** Unix milliseconds, one value for the whole request. */
  now: number;
  /** Who is calling, as far as the connection tells. */
  caller: Caller;
  /** Whether this request has put mail into the queue, which is to be sent when it is answered. */
  outbox: { filled: boolean };
}

export interface Caller {
  ip: string;
  /** What attempts are counted by: the address, or the /64 of an IPv6 one. */
  network: string;
  userAgent: string;
  /** Where the address is, in words, as far as the platform tells; or empty. */
  place: string;
}
