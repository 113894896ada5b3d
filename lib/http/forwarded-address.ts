/**
 * The caller's address, which the pages' deployment tells the API that it forwards requests to
 * (API_PROXY_TARGET). It is sealed under AUTH_SECRET, so no client can claim another address.
 */
import { z } from "zod";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { seal } from "#lib/crypto/seal.ts";
import { unseal } from "#lib/crypto/unseal.ts";
import { forwardedAddressHeader } from "#lib/protocol.ts";

/** Seconds. Allows for clocks that differ; an intercepted header is soon worth nothing. */
const lifetime = 5 * 60;

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

/** The address that our own pages vouch for; undefined when the request did not come through them. */
export async function openForwardedAddress(
  headers: Headers,
  { keyring, now }: Context,
): Promise<string | undefined> {
  const sealed = headers.get(forwardedAddressHeader);
  if (!sealed) return undefined;
  const opened = await unseal(sealed, check, "forwarded address", keyring);
  return opened && opened.expires_at > now ? opened.address : undefined;
}
