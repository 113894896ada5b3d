import type { Keyring } from "#lib/crypto/keyring.ts";
import { seal } from "#lib/crypto/seal.ts";
import type { RefreshToken } from "./refresh-token.ts";

/**
 * Seals a refresh token; returns about 400 characters. Apart from refresh-token.ts, because the edge
 * opens tokens and cannot seal them.
 */
export async function sealRefreshToken(token: RefreshToken, keyring: Keyring): Promise<string> {
  return seal(token, "refresh token", keyring);
}
