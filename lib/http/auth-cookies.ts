/** The two cookies of the auth routes: the refresh token, and the mark of a known browser. */
import type { DeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import { deviceCookieLifetime, sealDeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import {
  openRefreshToken,
  type PresentedToken,
  type RefreshToken,
  sealRefreshToken,
} from "#lib/auth/session/refresh-token.ts";
import type { Config } from "#lib/config/index.ts";
import { readCookies, setCookie } from "./cookies.ts";

/** What a Cookie header presents as its refresh token. */
export async function presentedToken(
  cookieHeader: string | null,
  { cookie, secrets }: Config,
): Promise<PresentedToken> {
  return openRefreshToken(readCookies(cookieHeader, cookie.name), secrets);
}

/** `Max-Age` is what is left of the session, or none when the person is not to be remembered. */
export async function refreshCookie(
  token: RefreshToken,
  remember: boolean,
  { config, now }: { config: Config; now: number },
): Promise<string> {
  const maxAge = remember ? (token.expires_at - now) / 1000 : undefined;
  const sealed = await sealRefreshToken(token, config.secrets);
  return setCookie(config.cookie.name, sealed, { ...config.cookie, maxAge });
}

/** Takes the refresh token out of the browser. Only logout does. */
export function clearedRefreshCookie({ cookie }: Config): string {
  return setCookie(cookie.name, "", { ...cookie, maxAge: 0 });
}

/** Beside the refresh cookie, with its prefix. */
export function deviceCookieName({ cookie }: Config): string {
  return cookie.name.startsWith("__Host-") ? "__Host-known_browser" : "known_browser";
}

export async function deviceCookieHeader(browser: DeviceCookie, config: Config): Promise<string> {
  const sealed = await sealDeviceCookie(browser, config.secrets);
  const name = deviceCookieName(config);
  return setCookie(name, sealed, { ...config.cookie, maxAge: deviceCookieLifetime });
}
