/**
 * The ES256 keys that sign access tokens. The database keeps them, the private halves encrypted under
 * AUTH_SECRET. They rotate with an overlap in which verifiers learn of the next key.
 */
import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import {
  CompactEncrypt,
  type CryptoKey,
  calculateJwkThumbprint,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from "jose";
import type { Query } from "#db/index.ts";
import {
  deleteSigningKeys,
  insertSigningKey,
  listSigningKeys,
  resealSigningKey,
  type SigningKeyRow,
} from "#db/signing-keys.ts";
import { signingKeyLeadTime, signingKeyRotation } from "#lib/contract/lifetimes.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { LruCache } from "#lib/lru-cache.ts";

export const algorithm = "ES256";

/** Milliseconds by which another machine's clock may be behind ours. */
const leeway = 60 * 1000;

/** A few megabytes of claims. */
const maxVerified = 10_000;

/** What verification needs of an access token. Times are Unix seconds. */
export interface VerifiedClaims {
  sub: string;
  sid: string;
  iat: number;
  exp: number;
}

export interface SigningKeys {
  /** The key that signs now. */
  signing: { kid: string; privateKey: KeyObject };
  /** Public keys by `kid`: every key that may have signed a valid token. */
  verifying: ReadonlyMap<string, CryptoKey>;
  /** RFC 7517 §5, public members only. */
  jwks: { keys: JWK[] };
  /**
   * The claims of tokens whose signatures have been verified. A client presents a token many times,
   * and verifying it again costs 110 µs of the 510 of `GET /api/auth/me`. The keys are loaded again
   * every minute, so no claim outlives its key.
   */
  verified: LruCache<string, VerifiedClaims>;
}

interface KeyOptions {
  db: Query;
  keyring: Keyring;
  /** Seconds. */
  accessTokenLifetime: number;
  /** Unix milliseconds. */
  now: number;
}

/**
 * Loads the keys, and creates the first or the next one when it is due. Instances that do so at the
 * same time end up with one key: the sequence is unique, and the loser reads the winner's key.
 */
export async function loadSigningKeys(options: KeyOptions): Promise<SigningKeys> {
  const { now } = options;
  const rows = await dropRetired(options);
  const [newest] = rows;
  if (newest === undefined || now - newest.active_at >= signingKeyRotation) {
    await addSigningKey(options, rows, newest ? now + signingKeyLeadTime : now);
    return loadSigningKeys(options);
  }
  const signing = await openSigningKey(options, rows);
  if (signing === undefined) {
    // AUTH_SECRET was replaced without keeping the old one, so the private halves are lost. The
    // public ones stay published, and tokens in use stay valid until they expire.
    await addSigningKey(options, rows, now);
    return loadSigningKeys(options);
  }
  const publicKeys = rows.map((row): [string, JWK] => [row.kid, JSON.parse(row.public_jwk)]);
  const verifying = new Map<string, CryptoKey>();
  for (const [kid, jwk] of publicKeys) verifying.set(kid, await importKey(jwk));
  return {
    signing,
    verifying,
    jwks: { keys: publicKeys.map(([, jwk]) => jwk) },
    verified: new LruCache(maxVerified),
  };
}

/**
 * Creates the next key now. It signs in ten minutes, when every verifier has had time to fetch it;
 * the current key stays until its last token has expired. Returns the new `kid`, or undefined when
 * another instance was faster.
 */
export async function rotateSigningKeys(options: KeyOptions): Promise<string | undefined> {
  const rows = await listSigningKeys(options.db);
  return addSigningKey(
    options,
    rows,
    rows.length > 0 ? options.now + signingKeyLeadTime : options.now,
  );
}

async function addSigningKey(
  options: KeyOptions,
  rows: SigningKeyRow[],
  activeAt: number,
): Promise<string | undefined> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const [newest] = await options.keyring.keys("signing key");
  const inserted = await insertSigningKey(options.db, {
    sequence: (rows[0]?.sequence ?? 0) + 1,
    kid,
    public_jwk: JSON.stringify({ ...publicJwk, kid, alg: algorithm, use: "sig" }),
    private_jwe: await encryptKey(await exportJWK(privateKey), newest),
    created_at: options.now,
    active_at: activeAt,
  });
  return inserted ? kid : undefined;
}

/** The newest key that is active and can be decrypted. */
async function openSigningKey(
  { db, keyring, now }: KeyOptions,
  rows: SigningKeyRow[],
): Promise<SigningKeys["signing"] | undefined> {
  const keys = await keyring.keys("signing key");
  const [newest] = keys;
  const active = rows.filter((row) => row.active_at <= now);
  // The very first key is active at once, and the clock of the instance that created it may be
  // ahead of ours.
  for (const row of active.length > 0 ? active : rows.slice(-1)) {
    for (const key of keys) {
      const jwk = await decryptKey(row.private_jwe, key);
      if (jwk === undefined) continue;
      // Encrypted under an older secret: moved to the newest one, so that the older can be dropped.
      if (key !== newest) await resealSigningKey(db, row.kid, await encryptKey(jwk, newest));
      const privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: "jwk" });
      return { kid: row.kid, privateKey };
    }
  }
  return undefined;
}

/** A key retires when its successor has signed for longer than a token lives. */
async function dropRetired({ db, accessTokenLifetime, now }: KeyOptions): Promise<SigningKeyRow[]> {
  const rows = await listSigningKeys(db);
  const retiredBefore = now - accessTokenLifetime * 1000 - leeway;
  const successor = rows.findIndex((row) => row.active_at <= retiredBefore);
  const retired = successor === -1 ? [] : rows.splice(successor + 1);
  await deleteSigningKeys(
    db,
    retired.map((row) => row.kid),
  );
  return rows;
}

/** The JWK as a JWE (RFC 7517 §7). `key` is derived for this purpose alone. */
async function encryptKey(jwk: JWK, key: Uint8Array): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(jwk)))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", cty: "jwk+json" })
    .encrypt(key);
}

async function decryptKey(jwe: string, key: Uint8Array): Promise<JWK | undefined> {
  try {
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return JSON.parse(new TextDecoder().decode(plaintext));
  } catch {
    return undefined;
  }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  // importJWK returns bytes for symmetric keys only.
  return (await importJWK(jwk, algorithm)) as CryptoKey;
}
