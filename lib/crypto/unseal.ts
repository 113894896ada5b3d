/** Opens what seal.ts has sealed. Runs at the edge as well, so iron-session does it by WebCrypto. */
import { unsealData } from "iron-session";
import type { Keyring, Purpose } from "./keyring.ts";

/**
 * Seals never expire by themselves: iron-session grants its `ttl` 60 s of slack, so each payload
 * carries a time of its own that its reader checks.
 */
const ttl = 0;

/**
 * Opens a seal made under any secret of `keyring`. Returns undefined for a seal that is broken,
 * foreign or made for another purpose, and when `check` returns undefined. For most of these
 * `unsealData` returns `{}` instead of throwing, so only `check` decides.
 */
export async function unseal<T>(
  sealed: string,
  check: (value: unknown) => T | undefined,
  purpose: Purpose,
  keyring: Keyring,
): Promise<T | undefined> {
  const recalled = keyring.recall(purpose, sealed);
  if (recalled !== undefined) return check(recalled);
  const password = await keyring.sealPasswords(purpose);
  const opened = await unsealData<object>(sealed, { password, ttl }).catch(() => undefined);
  const value = check(opened);
  if (value !== undefined) keyring.remember(purpose, sealed, value);
  return value;
}
