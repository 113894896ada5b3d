/**
 * The OWASP "device cookie": a browser that has signed in to an account before is counted by
 * itself, so that strangers who guess at the account cannot lock its owner out.
 */
import { z } from "zod";
import type { UserRow } from "#db/users.ts";
import { sha256 } from "#lib/crypto/digest.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { randomId } from "#lib/crypto/random.ts";
import { seal } from "#lib/crypto/seal.ts";
import { unseal } from "#lib/crypto/unseal.ts";

/** Seconds: a year without signing in, and a browser is a stranger again. */
export const deviceCookieLifetime = 365 * 24 * 3600;

const deviceCookieSchema = z.strictObject({
  user: z.string(),
  /** Which password its person knew. A thief's browser is a stranger to the next one. */
  password: z.string(),
  /** What its attempts are counted under. */
  id: z.string(),
  /** Unix milliseconds. */
  expires_at: z.int(),
});

export type DeviceCookie = z.output<typeof deviceCookieSchema>;

type Owner = Pick<UserRow, "id" | "password_hash">;

/** The mark of a browser whose person has just shown that they are `user`. */
export function createDeviceCookie(user: Owner, now: number): DeviceCookie {
  const expires_at = now + deviceCookieLifetime * 1000;
  return { user: user.id, password: sha256(user.password_hash), id: randomId(), expires_at };
}

export async function sealDeviceCookie(browser: DeviceCookie, keyring: Keyring): Promise<string> {
  return seal(browser, "known browser", keyring);
}

/** The known browser that a cookie speaks of, or undefined when it is none of `user`'s. */
export async function openDeviceCookie(
  sealed: string | undefined,
  user: Owner | undefined,
  keyring: Keyring,
  now: number,
): Promise<DeviceCookie | undefined> {
  if (!sealed) return undefined;
  const browser = await unseal(
    sealed,
    (value) => deviceCookieSchema.safeParse(value).data,
    "known browser",
    keyring,
  );
  if (!browser || !user || browser.expires_at <= now) return undefined;
  return browser.user === user.id && browser.password === sha256(user.password_hash)
    ? browser
    : undefined;
}
