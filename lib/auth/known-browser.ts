/**
 * The OWASP "device cookie": a browser that has signed in to an account before is counted by
 * itself, so that strangers who guess at the account cannot lock its owner out.
 */
import { z } from "zod";
import { seal, unseal } from "./seal.ts";

/** Seconds: a year without signing in, and a browser is a stranger again. */
export const knownBrowserLifetime = 365 * 24 * 3600;

const knownBrowserSchema = z.strictObject({
  user: z.string(),
  /** What its attempts are counted under. */
  id: z.string(),
  /** Unix milliseconds. */
  expires_at: z.int(),
});

export type KnownBrowser = z.output<typeof knownBrowserSchema>;

export async function sealKnownBrowser(
  browser: KnownBrowser,
  secrets: readonly string[],
): Promise<string> {
  return seal(browser, "known browser", secrets);
}

/** The known browser that a cookie speaks of, or undefined when it is none of `userId`'s. */
export async function openKnownBrowser(
  sealed: string | undefined,
  userId: string | undefined,
  secrets: readonly string[],
  now: number,
): Promise<KnownBrowser | undefined> {
  if (!sealed) return undefined;
  const browser = await unseal(sealed, knownBrowserSchema, "known browser", secrets);
  return browser && browser.user === userId && browser.expires_at > now ? browser : undefined;
}
