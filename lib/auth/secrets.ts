/** One key, one purpose: everything that AUTH_SECRET protects has a key of its own. */
import { base64url } from "jose";

export type Purpose =
  | "refresh token"
  | "known browser"
  | "form flash"
  | "signing key"
  | "rate limit key";

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

/**
 * The passwords that iron-session takes: the highest number seals and every number unseals, so
 * the newest secret, which comes first in AUTH_SECRET, gets the highest.
 */
export async function sealPasswords(
  secrets: readonly string[],
  purpose: Purpose,
): Promise<Record<string, string>> {
  const keys = await Promise.all(secrets.map((secret) => deriveKey(secret, purpose)));
  return Object.fromEntries(keys.map((key, i) => [secrets.length - i, base64url.encode(key)]));
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
