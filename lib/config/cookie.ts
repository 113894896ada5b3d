/** The refresh cookie's attributes and names. Runs at the edge. */
import { hostPrefix, refreshCookieName, securePrefix } from "#lib/protocol.ts";

/** The values of JWT_COOKIE_SAMESITE, the default first. */
export const sameSites = ["lax", "strict", "none"] as const;

export interface Cookie {
  name: string;
  /** The name that this configuration gave the cookie before; read where `name` is missing. */
  formerName: string | undefined;
  secure: boolean;
  sameSite: (typeof sameSites)[number];
  domain: string | undefined;
}

interface Given {
  production: boolean;
  appUrl: string;
  /** JWT_COOKIE_NAME, _SECURE, _SAMESITE and _DOMAIN; undefined where they are not set. */
  name: string | undefined;
  secure: boolean | undefined;
  sameSite: string | undefined;
  domain: string | undefined;
}

export function readCookie({ production, appUrl, domain, ...given }: Given): Cookie {
  const sameSite = sameSites.find((value) => value === given.sameSite) ?? "lax";
  // Safari keeps no Secure cookie over plain http, on localhost neither (teamhanko/hanko#2471).
  const secure =
    given.secure ?? (production && (appUrl.startsWith("https:") || sameSite === "none"));
  const attributes = { secure, sameSite, domain };
  if (given.name !== undefined && given.name !== refreshCookieName) {
    return { name: given.name, formerName: undefined, ...attributes };
  }
  const name = prefixed(refreshCookieName, attributes);
  const hadPrefix = production && (given.secure ?? true) && sameSite !== "none" && !domain;
  const formerName = hadPrefix ? hostPrefix + refreshCookieName : refreshCookieName;
  return { name, formerName: formerName === name ? undefined : formerName, ...attributes };
}

/**
 * A browser refuses a `__Host-` cookie that a sibling subdomain plants, and a `__Secure-` one that
 * comes over plain http. The former forbids a Domain (RFC 6265bis §4.1.3).
 */
export function prefixed(name: string, { secure, domain }: Pick<Cookie, "secure" | "domain">) {
  if (!secure) return name;
  return (domain === undefined ? hostPrefix : securePrefix) + name;
}
