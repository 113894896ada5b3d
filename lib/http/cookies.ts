/** Cookies, read and written: RFC 6265bis. */

/** Every value that a Cookie header has for `name`; more than one means that somebody planted one. */
export function readCookies(header: string | null, name: string): string[] {
  return (header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

export interface CookieAttributes {
  secure: boolean;
  sameSite: "lax" | "strict" | "none";
  domain?: string | undefined;
  /** Seconds; undefined for a cookie that ends with the browser's session. */
  maxAge?: number | undefined;
}

/** A Set-Cookie header: always HttpOnly, always for the whole site. `value` is base64url. */
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
