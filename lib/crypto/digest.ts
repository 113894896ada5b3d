/** SHA-256, and comparison in constant time. */
import { createHash, createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { Keyring, Purpose } from "./keyring.ts";

/** SHA-256 of `value`. */
export function sha256(value: string, encoding: "base64url" | "hex" = "base64url"): string {
  return createHash("sha256").update(value).digest(encoding);
}

/**
 * HMAC-SHA-256 of `message` under the newest secret, base64url. For values so few that an attacker
 * could otherwise hash them all.
 */
export async function keyedDigest(
  keyring: Keyring,
  purpose: Purpose,
  message: string,
): Promise<string> {
  const key = await keyring.once(`hmac: ${purpose}`, async () => {
    const [newest] = await keyring.keys(purpose);
    return createSecretKey(newest);
  });
  return createHmac("sha256", key).update(message).digest("base64url");
}

/**
 * Compares in a time that depends neither on where the two differ nor, because their digests are
 * compared, on whether they are of one length.
 */
export function isEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const digest = (value: string | Uint8Array) => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
