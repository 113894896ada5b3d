/**
 * The browser's own mark of a sign-up: a mailed link that is pressed in the browser that signed up
 * needs no password, since mailbox and account are one person's (red team 1). Signing up sets it.
 * Asking for another email does not, because anyone may ask for one.
 */
import { z } from "zod";
import type { UserRow } from "#db/users.ts";
import { signUpLifetime } from "#lib/contract/lifetimes.ts";
import { sha256 } from "#lib/crypto/digest.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { seal } from "#lib/crypto/seal.ts";
import { unseal } from "#lib/crypto/unseal.ts";

const signUpCookieSchema = z.strictObject({
  /** The id of the account, or of the pending sign-up that is to become one. */
  account: z.string(),
  /** A digest of the password hash: with another password, this sign-up is history. */
  password: z.string(),
  /** Unix milliseconds. */
  expires_at: z.int(),
});

const check = (value: unknown) => signUpCookieSchema.safeParse(value).data;

export type SignUpCookie = z.output<typeof signUpCookieSchema>;

export type SignUpOwner = Pick<UserRow, "id" | "password_hash">;

/** For the browser that has just signed up. `now` is Unix milliseconds. */
export function createSignUpCookie(owner: SignUpOwner, now: number): SignUpCookie {
  const password = sha256(owner.password_hash);
  return { account: owner.id, password, expires_at: now + signUpLifetime };
}

export async function sealSignUpCookie(cookie: SignUpCookie, keyring: Keyring): Promise<string> {
  return seal(cookie, "sign-up cookie", keyring);
}

/** Opens a sign-up cookie. Returns undefined unless it is valid. */
export async function openSignUpCookie(
  sealed: string | undefined,
  keyring: Keyring,
  now: number,
): Promise<SignUpCookie | undefined> {
  if (!sealed) return undefined;
  const cookie = await unseal(sealed, check, "sign-up cookie", keyring);
  return cookie && cookie.expires_at > now ? cookie : undefined;
}

export function belongsTo(cookie: SignUpCookie | undefined, owner: SignUpOwner): boolean {
  return cookie?.account === owner.id && cookie.password === sha256(owner.password_hash);
}
