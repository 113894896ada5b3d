/**
 * The keys that are derived from AUTH_SECRET: one key, one purpose, so that nothing sealed for one
 * purpose opens for another. Runs at the edge as well, so it uses WebCrypto only.
 */
import { base64url } from "jose";
import { LruCache } from "#lib/lru-cache.ts";
import { keyLabels } from "#lib/protocol.ts";

export type Purpose = keyof typeof keyLabels;

type NewestFirst<T> = [newest: T, ...older: T[]];

/** An iron-session password and the number by which a seal names it. */
type SealPassword = readonly [id: string, password: string];

/** Browsers present these with every request, so their opened seals are worth keeping in memory. */
const remembered: ReadonlySet<Purpose> = new Set(["refresh token", "device cookie"]);

/** A few megabytes of opened seals. */
const maxRemembered = 10_000;

/**
 * Created once from the secrets, newest first. The newest secret seals; every secret opens. A
 * keyring keeps what it derives, so that no module has to.
 */
export class Keyring {
  readonly #secrets: Readonly<NewestFirst<string>>;
  readonly #derived = new Map<string, unknown>();
  readonly #openedSeals = new LruCache<string, unknown>(maxRemembered);

  constructor(secrets: Readonly<NewestFirst<string>>) {
    this.#secrets = secrets;
  }

  /** 32 bytes for each secret, newest first, by HKDF-SHA-256 (RFC 5869). */
  keys(purpose: Purpose): Promise<NewestFirst<Uint8Array>> {
    return this.#ofEachSecret(`keys: ${purpose}`, (secret) => deriveKey(secret, purpose));
  }

  /** The password that seals. */
  async sealPassword(purpose: Purpose): Promise<SealPassword> {
    const [newest] = await this.#sealPasswords(purpose);
    return newest;
  }

  /** Every password that may open a seal, as iron-session takes them. */
  async sealPasswords(purpose: Purpose): Promise<Record<string, string>> {
    return Object.fromEntries(await this.#sealPasswords(purpose));
  }

  #sealPasswords(purpose: Purpose): Promise<NewestFirst<SealPassword>> {
    return this.#ofEachSecret(`passwords: ${purpose}`, (secret) =>
      deriveSealPassword(secret, purpose),
    );
  }

  #ofEachSecret<T>(name: string, derive: (secret: string) => Promise<T>): Promise<NewestFirst<T>> {
    const [newest, ...older] = this.#secrets;
    return this.once(name, () => Promise.all([derive(newest), ...older.map(derive)]));
  }

  /** Calls `derive` the first time that `name` is asked for, and keeps what it returns. */
  once<T>(name: string, derive: () => T): T {
    if (!this.#derived.has(name)) this.#derived.set(name, derive());
    return this.#derived.get(name) as T;
  }

  /** Remembers what a seal holds, if it is of a kind that is presented with every request. */
  remember(purpose: Purpose, sealed: string, value: unknown): void {
    if (remembered.has(purpose)) this.#openedSeals.set(`${purpose} ${sealed}`, value);
  }

  /**
   * The value of a seal that was created or opened lately, or undefined. A seal is authenticated by
   * every one of its characters, so the same characters always hold the same value.
   */
  recall(purpose: Purpose, sealed: string): unknown {
    return this.#openedSeals.get(`${purpose} ${sealed}`);
  }
}

/**
 * The number is derived from the secret and does not depend on its place in the list: what the
 * newest secret seals today has to open when the older ones are gone.
 */
async function deriveSealPassword(secret: string, purpose: Purpose): Promise<SealPassword> {
  const id = new DataView((await deriveKey(secret, "seal id")).buffer).getUint32(0);
  return [String(id), base64url.encode(await deriveKey(secret, purpose))];
}

async function deriveKey(secret: string, purpose: Purpose): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, [
    "deriveBits",
  ]);
  const algorithm = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: encoder.encode(keyLabels[purpose]),
  };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256));
}
