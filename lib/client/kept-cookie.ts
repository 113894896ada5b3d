import type { Send } from "./api.ts";
import { AuthError } from "./auth-error.ts";
import type { Browser } from "./browser.ts";

/**
 * Checks that the browser has kept the refresh cookie that a sign-in set on another site. Browsers
 * drop such cookies silently, and the visitor would only see the sign-in form again.
 * @throws {AuthError} cookie_refused
 */
export function requireKeptCookie(send: Send, apiHost: string): Promise<unknown> {
  return send("POST", "/api/auth/refresh").catch((error: AuthError) => {
    // Any other error, such as a lost connection, says nothing about the cookie.
    if (error.code === "refresh_missing") throw refusedBy(apiHost);
  });
}

/**
 * Checks, before anything is sent, that the browser keeps cookies at all.
 * @throws {AuthError} cookie_refused
 */
export function requireCookies({ navigator, location }: Browser): void {
  if (!navigator.cookieEnabled) throw refusedBy(location.href);
}

function refusedBy(url: string): AuthError {
  return new AuthError(
    "cookie_refused",
    `Your browser does not keep the sign-in cookie of ${new URL(url).host}. Allow it for this site, and log in again.`,
  );
}
