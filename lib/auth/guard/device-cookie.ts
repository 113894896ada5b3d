/**
 * The OWASP "device cookie": failed attempts from a browser that has signed in to an account before
 * are counted separately, so that an attacker who guesses passwords cannot lock the owner out.
 */
import { z } from "zod";
import { isDeviceRevoked } from "#db/revoked-devices.ts";
import type { UserRow } from "#db/users.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { sha256 } from "#lib/crypto/digest.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { randomId } from "#lib/crypto/random.ts";
import { seal } from "#lib/crypto/seal.ts";
import { unseal } from "#lib/crypto/unseal.ts";

/** Seconds. A browser that does not sign in for this long is a new one again. */
export const deviceCookieLifetime = 365 * 24 * 60 * 60; // a year

const deviceCookieSchema = z.strictObject({
  user: z.string(),
  /**
   * A digest of the password hash. Once the owner has changed the password, the browser of an
   * attacker who knew the old one is a new one.
   */
  password: z.string(),
  /**
   * What the rate limits count this browser's attempts under, and what its sessions name it by. It
   * stays the same from one sign-in to the next, so that to revoke one session is to void the cookie
   * and every copy of it.
   */
  id: z.string(),
  /** Unix milliseconds. */
  expires_at: z.int(),
});

const check = (value: unknown) => deviceCookieSchema.safeParse(value).data;

export type DeviceCookie = z.output<typeof deviceCookieSchema>;

type Owner = Pick<UserRow, "id" | "password_hash">;

/**
 * For a browser in which `user` has just signed in. `now` is Unix milliseconds.
 * @param known what the browser had before, if that is still valid
 */
export function createDeviceCookie(user: Owner, now: number, known?: DeviceCookie): DeviceCookie {
  const expires_at = now + deviceCookieLifetime * 1000;
  const id = known?.id ?? randomId();
  return { user: user.id, password: sha256(user.password_hash), id, expires_at };
}

export async function sealDeviceCookie(cookie: DeviceCookie, keyring: Keyring): Promise<string> {
  return seal(cookie, "device cookie", keyring);
}

/**
 * Opens a device cookie. Returns undefined unless it is valid, belongs to `user`, and its browser has
 * not been signed out as a stranger's since.
 */
export async function openDeviceCookie(
  { db, keyring, now }: Pick<AuthContext, "db" | "keyring" | "now">,
  sealed: string | undefined,
  user: Owner | undefined,
): Promise<DeviceCookie | undefined> {
  if (!sealed || !user) return undefined;
  const cookie = await unseal(sealed, check, "device cookie", keyring);
  if (!cookie || cookie.expires_at <= now || cookie.user !== user.id) return undefined;
  if (cookie.password !== sha256(user.password_hash)) return undefined;
  return (await isDeviceRevoked(db.query, cookie.id)) ? undefined : cookie;
}
