/**
 * Makes seals in iron-session's format, which iron-session opens, by Node's own crypto. iron-session
 * has WebCrypto only, and makes six trips to other threads for one seal; on a busy machine they
 * take the server five times as long as the cryptography itself.
 *
 * The format is Fe26.2 (https://hapi.dev/module/iron/api): AES-256-CBC, then HMAC-SHA-256 over all
 * of it, each under a key of its own that PBKDF2 derives from the password and a random salt.
 * At the edge iron-seal.edge.ts takes this file's place; see package.json's "imports".
 */
import { createCipheriv, createHmac, createSecretKey, pbkdf2Sync } from "node:crypto";
import { randomBytes } from "./random.ts";

/** What iron-session appends, and ignores when it opens. */
const version = "~2";

/** Bytes, each. */
const saltLength = 32;
const ivLength = 16;
const keyLength = 32;

/**
 * Seals `value` under the password that `id` names. Once is enough for PBKDF2, because the
 * password is 256 random bits. A seal does not expire by itself.
 */
export async function ironSeal(value: object, id: string, password: string): Promise<string> {
  const random = Buffer.from(randomBytes(2 * saltLength + ivLength).buffer);
  const salt = random.toString("hex", 0, saltLength);
  const macSalt = random.toString("hex", saltLength, 2 * saltLength);
  const iv = random.subarray(2 * saltLength);
  // A key as bare bytes would do; Node takes three times as long to find out what it is.
  const keyFrom = (from: string) =>
    createSecretKey(pbkdf2Sync(password, from, 1, keyLength, "sha1"));

  const cipher = createCipheriv("aes-256-cbc", keyFrom(salt), iv);
  const encrypted =
    cipher.update(JSON.stringify(value), "utf8", "base64url") + cipher.final("base64url");
  const expires = "";
  const sealed = ["Fe26.2", id, salt, iv.toString("base64url"), encrypted, expires].join("*");
  const mac = createHmac("sha256", keyFrom(macSalt)).update(sealed).digest("base64url");
  return `${sealed}*${macSalt}*${mac}${version}`;
}
