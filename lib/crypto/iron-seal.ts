/**
 * Makes seals in iron-session's format, which iron-session opens, by Node's own crypto. iron-session
 * has WebCrypto only, and makes six trips to other threads for one seal; on a busy machine they
 * take the server five times as long as the cryptography itself.
 *
 * The format is Fe26.2 (https://hapi.dev/module/iron/api): AES-256-CBC, then HMAC-SHA-256 over all
 * of it, each under a key of its own that PBKDF2 derives from the password and a random salt.
 * At the edge iron-seal.edge.ts takes this file's place; see package.json's "imports".
 */
import {
  createCipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  pbkdf2Sync,
} from "node:crypto";
import { randomBytes } from "./random.ts";

/** What iron-session appends, and ignores when it opens. */
const version = "~2";

/** Bytes, each. */
const saltLength = 32;
const ivLength = 16;
const keyLength = 32;

interface SaltedKey {
  /** Hexadecimal. */
  salt: string;
  key: KeyObject;
}

/**
 * The keys of each password, one for every secret and purpose. A process draws their salts once,
 * because deriving the keys takes longer than a seal does with them. Salts keep guesses at passwords
 * from being worked out in advance, and nobody guesses 256 random bits; what has to be new for
 * each seal is the initialisation vector.
 */
const keysOf = new Map<string, { encryption: SaltedKey; integrity: SaltedKey }>();

function keysFor(password: string) {
  const known = keysOf.get(password);
  if (known) return known;
  const keys = { encryption: deriveKey(password), integrity: deriveKey(password) };
  keysOf.set(password, keys);
  return keys;
}

/** One round of PBKDF2 is enough, for the same reason. */
function deriveKey(password: string): SaltedKey {
  const salt = Buffer.from(randomBytes(saltLength)).toString("hex");
  return { salt, key: createSecretKey(pbkdf2Sync(password, salt, 1, keyLength, "sha1")) };
}

/**
 * Seals `value` under the password that `id` names, 256 random bits. A seal does not expire by
 * itself.
 */
export async function ironSeal(value: object, id: string, password: string): Promise<string> {
  const { encryption, integrity } = keysFor(password);
  const iv = Buffer.from(randomBytes(ivLength));
  const cipher = createCipheriv("aes-256-cbc", encryption.key, iv);
  const encrypted =
    cipher.update(JSON.stringify(value), "utf8", "base64url") + cipher.final("base64url");
  const expires = "";
  const vector = iv.toString("base64url");
  const sealed = ["Fe26.2", id, encryption.salt, vector, encrypted, expires].join("*");
  const mac = createHmac("sha256", integrity.key).update(sealed).digest("base64url");
  return `${sealed}*${integrity.salt}*${mac}${version}`;
}
