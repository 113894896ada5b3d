import type { Post } from "./api.ts";
import { AuthError } from "./auth-error.ts";
import type { Browser } from "./browser.ts";

/**
 * Makes sure that the browser has kept the refresh cookie that a sign-in has just set. Browsers
 * drop the cookies of another site without a word, and all that a visitor would see is the login
 * form again.
 * @throws {AuthError} cookie_refused
 */
export async function requireKeptCookie(post: Post, apiHost: string): Promise<void> {
  const answer = await post("refresh").catch((error: AuthError) => error);
  // Without a connection nothing is known, and the next refresh will tell.
  if (!(answer instanceof AuthError) || answer.code !== "refresh_missing") return;
  throw refusedOf(apiHost);
}

/**
 * The same for a browser that keeps no cookies at all, not even those of the page itself. It says
 * so before anything is asked.
 * @throws {AuthError} cookie_refused
 */
export function requireCookies({ navigator, location }: Browser): void {
  if (!navigator.cookieEnabled) throw refusedOf(location.href);
}

function refusedOf(url: string): AuthError {
  return new AuthError(
    "cookie_refused",
    `Your browser does not keep the sign-in cookie of ${new URL(url).host}. Allow it for this site, and log in again.`,
  );
}
