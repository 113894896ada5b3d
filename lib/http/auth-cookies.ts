/** The two cookies of the auth routes: the refresh token, and the mark of a known browser. */
import type { DeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import { deviceCookieLifetime, sealDeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import {
  openRefreshToken,
  type PresentedToken,
  type RefreshToken,
} from "#lib/auth/session/refresh-token.ts";
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import type { Config } from "#lib/config/index.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { hostPrefix, deviceCookieName as plainName } from "#lib/protocol.ts";
import { readCookies, setCookie } from "./cookies.ts";

/** What a Cookie header presents as its refresh token. */
export async function presentedToken(
  cookieHeader: string | null,
  { config: { cookie }, keyring }: { config: Config; keyring: Keyring },
): Promise<PresentedToken> {
  return openRefreshToken(readCookies(cookieHeader, cookie.name), keyring);
}

/** `Max-Age` is what is left of the session, or none when the person is not to be remembered. */
export async function refreshCookie(
  token: RefreshToken,
  remember: boolean,
  { config, keyring, now }: { config: Config; keyring: Keyring; now: number },
): Promise<string> {
  const maxAge = remember ? (token.expires_at - now) / 1000 : undefined;
  const sealed = await sealRefreshToken(token, keyring);
  return setCookie(config.cookie.name, sealed, { ...config.cookie, maxAge });
}

/** Takes the refresh token out of the browser. Only logout does. */
export function clearedRefreshCookie({ cookie }: Config): string {
  return setCookie(cookie.name, "", { ...cookie, maxAge: 0 });
}

/** Beside the refresh cookie, with its prefix. */
export function deviceCookieName({ cookie }: Config): string {
  return cookie.name.startsWith(hostPrefix) ? hostPrefix + plainName : plainName;
}

export async function deviceCookieHeader(
  browser: DeviceCookie,
  { config, keyring }: { config: Config; keyring: Keyring },
): Promise<string> {
  const sealed = await sealDeviceCookie(browser, keyring);
  const name = deviceCookieName(config);
  return setCookie(name, sealed, { ...config.cookie, maxAge: deviceCookieLifetime });
}
