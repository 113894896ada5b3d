/** Cookies, read and written: RFC 6265bis. Runs at the edge. */

import { prefixed } from "#lib/config/cookie.ts";
import type { Config } from "#lib/config/index.ts";
import {
  flashCookieName as flashName,
  hostPrefix,
  deviceCookieName as plainName,
  requestCookieName as requestName,
  signUpCookieName as signUpName,
} from "#lib/protocol.ts";

type Configured = Pick<Config, "cookie">;

/** Every value that a Cookie header has for `name`. */
export function readCookies(header: string | null, name: string): string[] {
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/** The values of the refresh cookie, or else of the name that it had before. */
export function readRefreshCookies(header: string | null, { cookie }: Configured): string[] {
  return readRenamed(header, cookie.name, cookie.formerName);
}

export function deviceCookieName({ cookie }: Configured): string {
  return prefixed(plainName, cookie);
}

/** The values of the device cookie, or else of the name that it had before. */
export function readDeviceCookies(header: string | null, { cookie }: Configured): string[] {
  const hadPrefix = (cookie.formerName ?? cookie.name).startsWith(hostPrefix);
  const formerName = hadPrefix ? hostPrefix + plainName : plainName;
  return readRenamed(header, deviceCookieName({ cookie }), formerName);
}

export function requestCookieName({ cookie }: Configured): string {
  return prefixed(requestName, cookie);
}

export function signUpCookieName({ cookie }: Configured): string {
  return prefixed(signUpName, cookie);
}

export function flashCookieName({ cookie }: Configured): string {
  return prefixed(flashName, cookie);
}

/** A renamed cookie would sign everyone out, were the former name not read for as long as it lives. */
function readRenamed(header: string | null, name: string, formerName = name): string[] {
  const values = readCookies(header, name);
  return values.length > 0 ? values : readCookies(header, formerName);
}

export interface CookieAttributes {
  secure: boolean;
  sameSite: "lax" | "strict" | "none";
  domain?: string | undefined;
  /** Seconds; undefined for a cookie that ends with the browser's session. */
  maxAge?: number | undefined;
}

/** Returns a Set-Cookie header, always HttpOnly and for the whole site. `value` is base64url. */
export function setCookie(name: string, value: string, attributes: CookieAttributes): string {
  const { secure, sameSite, domain, maxAge } = attributes;
  return [
    `${name}=${value}`,
    "Path=/",
    "HttpOnly",
    `SameSite=${sameSite[0]?.toUpperCase()}${sameSite.slice(1)}`,
    secure && "Secure",
    domain && `Domain=${domain}`,
    maxAge !== undefined && `Max-Age=${Math.max(0, Math.floor(maxAge))}`,
    // Without it browsers that block third-party cookies drop this one (CHIPS).
    sameSite === "none" && "Partitioned",
  ]
    .filter(Boolean)
    .join("; ");
}
