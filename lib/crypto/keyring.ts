/** One key, one purpose: everything that AUTH_SECRET protects has a key of its own. */
import { base64url } from "jose";

export type Purpose =
  | "refresh token"
  | "known browser"
  | "form flash"
  | "forwarded address"
  | "seal id"
  | "signing key"
  | "rate limit key"
  | "mail"
  | "mail code";

const derived = new Map<string, Promise<Uint8Array>>();

/** 32 bytes for `purpose`, by HKDF-SHA-256 (RFC 5869) from one of the secrets. */
export function deriveKey(secret: string, purpose: Purpose): Promise<Uint8Array> {
  const name = `${purpose} ${secret}`;
  const known = derived.get(name);
  if (known) return known;
  const key = hkdf(secret, `latchkey ${purpose}`);
  derived.set(name, key);
  return key;
}

/** A number, and the password that it stands for in a seal. */
type SealPassword = readonly [id: string, password: string];

const passwords = new Map<string, Promise<SealPassword>>();

/**
 * The password that iron-session takes for `purpose`, under a number that is derived from its
 * secret. A seal names the number of its password, so it must not depend on the secret's place in
 * the list: what the newest secret seals today has to open when the older ones are gone.
 */
export function sealPassword(secret: string, purpose: Purpose): Promise<SealPassword> {
  const name = `${purpose} ${secret}`;
  const known = passwords.get(name);
  if (known) return known;
  const password = derivePassword(secret, purpose);
  passwords.set(name, password);
  return password;
}

async function derivePassword(secret: string, purpose: Purpose): Promise<SealPassword> {
  const id = new DataView((await deriveKey(secret, "seal id")).buffer).getUint32(0);
  return [String(id), base64url.encode(await deriveKey(secret, purpose))];
}

/** All of them, for opening what any of the secrets has sealed. */
export async function sealPasswords(
  secrets: readonly string[],
  purpose: Purpose,
): Promise<Record<string, string>> {
  const all = secrets.map((secret) => sealPassword(secret, purpose));
  return Object.fromEntries(await Promise.all(all));
}

async function hkdf(secret: string, info: string): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const material = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, [
    "deriveBits",
  ]);
  const algorithm = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: encoder.encode(info),
  };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256));
}
