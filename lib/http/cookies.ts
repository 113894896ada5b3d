/** Cookies, read and written: RFC 6265bis. Runs at the edge. */
import type { Config } from "#lib/config/index.ts";
import {
  hostPrefix,
  deviceCookieName as plainDeviceCookieName,
  signUpCookieName as plainSignUpCookieName,
} from "#lib/protocol.ts";

/** Every value that a Cookie header has for `name`; with more than one, an attacker planted one. */
export function readCookies(header: string | null, name: string): string[] {
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

export function deviceCookieName(config: Pick<Config, "cookie">): string {
  return prefixed(config, plainDeviceCookieName);
}

export function signUpCookieName(config: Pick<Config, "cookie">): string {
  return prefixed(config, plainSignUpCookieName);
}

/** These cookies stand beside the refresh cookie, and take its prefix. */
function prefixed({ cookie }: Pick<Config, "cookie">, plainName: string): string {
  return cookie.name.startsWith(hostPrefix) ? hostPrefix + plainName : plainName;
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
