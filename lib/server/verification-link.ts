/** What a link to verify an address stands for, for the page that it opens. */
import "server-only";
import { headers } from "next/headers";
import { findVerification } from "#lib/auth/account/verification.ts";
import { isHolder } from "#lib/auth/email/claim.ts";
import { isRandomId } from "#lib/crypto/random.ts";
import { readCookiePresence } from "#lib/http/presence.ts";
import { services } from "#lib/services.ts";

export type VerificationLink =
  | {
      kind: "live";
      token: string;
      username: string;
      email: string;
      /** Whether this is the browser of the account or of the sign-up. Elsewhere the link takes a password. */
      ours: boolean;
    }
  | { kind: "dead" }
  /** The API is on another origin, and only it can tell. */
  | { kind: "unknown"; token: string };

/** `token` is the page's query parameter. Uses nothing up. Returns undefined without one. */
export async function readVerificationLink(token: unknown): Promise<VerificationLink | undefined> {
  if (token === undefined) return undefined;
  if (typeof token !== "string" || !isRandomId(token)) return { kind: "dead" };
  const { config, db, keyring } = services();
  if (!config.sessionsHere) return { kind: "unknown", token };
  const context = { config, db, keyring, now: Date.now() };
  const found = await findVerification(context, token);
  if (!found) return { kind: "dead" };
  const presence = await readCookiePresence((await headers()).get("cookie"), context);
  const { username, email } = found.user;
  return { kind: "live", token, username, email, ours: isHolder(presence, found.user) };
}
