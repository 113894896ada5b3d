import { recentSignIn } from "#lib/contract/lifetimes.ts";

/**
 * Whether a sign-in is recent enough for what would hurt if an attacker did it at an unlocked
 * screen ("step-up", ASVS 7.5.3). Both are Unix milliseconds.
 */
export function isRecent(authenticatedAt: number, now: number): boolean {
  return now - authenticatedAt < recentSignIn;
}
