/**
 * The caller's address as the pages' deployment tells it to the API that it passes requests on to
 * (API_PROXY_TARGET). Sealed under AUTH_SECRET, so nobody else can say where a request comes from.
 */
import { z } from "zod";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { seal } from "#lib/crypto/seal.ts";
import { unseal } from "#lib/crypto/unseal.ts";

export const forwardedAddressHeader = "x-latchkey-forwarded";

/** Seconds: one that was overheard is soon worth nothing. Covers clocks that differ, too. */
const lifetime = 300;

const schema = z.strictObject({
  address: z.string().max(64),
  /** Unix milliseconds. */
  expires_at: z.int(),
});

const check = (value: unknown) => schema.safeParse(value).data;

interface Context {
  keyring: Keyring;
  /** Unix milliseconds. */
  now: number;
}

export async function sealForwardedAddress(
  address: string,
  { keyring, now }: Context,
): Promise<string> {
  const value = { address, expires_at: now + lifetime * 1000 };
  return seal(value, "forwarded address", keyring);
}

/** The address that our own pages vouch for, or undefined when the request did not come by them. */
export async function openForwardedAddress(
  headers: Headers,
  { keyring, now }: Context,
): Promise<string | undefined> {
  const sealed = headers.get(forwardedAddressHeader);
  if (!sealed) return undefined;
  const opened = await unseal(sealed, check, "forwarded address", keyring);
  return opened && opened.expires_at > now ? opened.address : undefined;
}
