/**
 * Seals values that travel through a browser and must come back unread and unchanged.
 *
 * The format is Fe26.2 (https://hapi.dev/module/iron/api), which iron-session opens (unseal.ts):
 * AES-256-CBC, then HMAC-SHA-256 over everything, each under a key of its own that PBKDF2 derives
 * from the password and a random salt. Node's own crypto seals, because iron-session has WebCrypto
 * only: it hands each of six steps to another thread, and on a busy server the hand-overs take five
 * times as long as the cryptography.
 */
import {
  createCipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  pbkdf2Sync,
  randomBytes,
} from "node:crypto";
import type { Keyring, Purpose } from "./keyring.ts";

/** iron-session appends its own version, and ignores it when it opens a seal. */
const version = "~2";

/** Bytes. */
const saltLength = 32;
const ivLength = 16;
const keyLength = 32;

/** The format has a field for an expiry of the seal's own; each payload carries a time instead. */
const expires = "";

interface SaltedKey {
  /** Hexadecimal. */
  salt: string;
  key: KeyObject;
}

interface SealKeys {
  /** The number of the password. */
  id: string;
  encryption: SaltedKey;
  integrity: SaltedKey;
}

/** Encrypts and authenticates `value`, which must survive JSON, under the newest secret. */
export async function seal(value: object, purpose: Purpose, keyring: Keyring): Promise<string> {
  const { id, encryption, integrity } = await sealKeys(purpose, keyring);
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv("aes-256-cbc", encryption.key, iv);
  const encrypted =
    cipher.update(JSON.stringify(value), "utf8", "base64url") + cipher.final("base64url");
  const vector = iv.toString("base64url");
  const signed = ["Fe26.2", id, encryption.salt, vector, encrypted, expires].join("*");
  const mac = createHmac("sha256", integrity.key).update(signed).digest("base64url");
  const sealed = `${signed}*${integrity.salt}*${mac}${version}`;
  keyring.remember(purpose, sealed, value);
  return sealed;
}

/**
 * A keyring draws its salts once, because deriving the keys takes longer than sealing with them. A
 * salt protects a guessable password against tables computed in advance, and these passwords are 256
 * random bits. Only the initialisation vector has to be new for each seal.
 */
function sealKeys(purpose: Purpose, keyring: Keyring): Promise<SealKeys> {
  return keyring.once(`seal keys: ${purpose}`, async () => {
    const [id, password] = await keyring.sealPassword(purpose);
    return { id, encryption: saltedKey(password), integrity: saltedKey(password) };
  });
}

/** One round of PBKDF2, as iron-session does: more would only slow down guesses at the password. */
function saltedKey(password: string): SaltedKey {
  const salt = randomBytes(saltLength).toString("hex");
  return { salt, key: createSecretKey(pbkdf2Sync(password, salt, 1, keyLength, "sha1")) };
}
