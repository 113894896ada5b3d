import type { SigningKeys } from "./signing-keys.ts";

/**
 * Milliseconds for which a process may use the keys that it has read. Far below the ten minutes for
 * which a new key is published before it signs.
 */
const maxAge = 60_000;

/** Milliseconds between reads for an unknown `kid`: an attacker sends any number of forged tokens. */
const minAge = 5_000;

/** Keeps the imported keys of a process. Keys may be cached; revocation never is. */
export class SigningKeyCache {
  #load: (now: number) => Promise<SigningKeys>;
  #cached: { keys: Promise<SigningKeys>; at: number } | undefined;

  constructor(load: (now: number) => Promise<SigningKeys>) {
    this.#load = load;
  }

  /** The keys, at most 60 s old. `now` is Unix milliseconds. */
  get(now: number): Promise<SigningKeys> {
    return this.#read(now, maxAge);
  }

  /** The keys; read again, at most every 5 s, when `kid` is not among them. */
  async getWith(kid: string | undefined, now: number): Promise<SigningKeys> {
    const keys = await this.get(now);
    return kid === undefined || keys.verifying.has(kid) ? keys : this.#read(now, minAge);
  }

  #read(now: number, age: number): Promise<SigningKeys> {
    if (this.#cached === undefined || Math.abs(now - this.#cached.at) >= age) {
      const keys = this.#load(now);
      this.#cached = { keys, at: now };
      // Every caller that waits gets the error, and the next call tries again.
      keys.catch(() => {
        if (this.#cached?.keys === keys) this.#cached = undefined;
      });
    }
    return this.#cached.keys;
  }
}
