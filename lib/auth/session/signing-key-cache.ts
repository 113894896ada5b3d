import type { SigningKeys } from "./signing-keys.ts";

/**
 * How long a process may work with the keys it has read, in milliseconds. Far below the ten
 * minutes for which a new key is published before it signs.
 */
const maxAge = 60_000;

/** How often a token with an unknown `kid` may cause a read: forged ones must cost nothing. */
const minAge = 5_000;

/** Keeps the imported keys of one process. Revocation is never cached; keys may be. */
export class SigningKeyCache {
  #load: (now: number) => Promise<SigningKeys>;
  #cached: { keys: Promise<SigningKeys>; at: number } | undefined;

  constructor(load: (now: number) => Promise<SigningKeys>) {
    this.#load = load;
  }

  /** The keys as of at most 60 s ago. */
  get(now: number): Promise<SigningKeys> {
    return this.#read(now, maxAge);
  }

  /** The keys, read again (at most every 5 s) if `kid` is not among them. */
  async getWith(kid: string | undefined, now: number): Promise<SigningKeys> {
    const keys = await this.get(now);
    return kid === undefined || keys.verifying.has(kid) ? keys : this.#read(now, minAge);
  }

  #read(now: number, age: number): Promise<SigningKeys> {
    if (this.#cached === undefined || Math.abs(now - this.#cached.at) >= age) {
      const keys = this.#load(now);
      this.#cached = { keys, at: now };
      // A failure is told to whoever waits for it, and not kept.
      keys.catch(() => {
        if (this.#cached?.keys === keys) this.#cached = undefined;
      });
    }
    return this.#cached.keys;
  }
}
