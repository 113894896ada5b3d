/**
 * The request cookie names the browser that asked for an email. What is for that browser alone, such
 * as a code, works only beside it (ASVS 6.6.2): whoever coaxes a code out of the owner is elsewhere.
 */
import type { Config } from "#lib/config/index.ts";
import { isRandomId, randomId } from "#lib/crypto/random.ts";
import { readCookies, requestCookieName, setCookie } from "./cookies.ts";

/** Seconds: longer than any code lives. */
const lifetime = 24 * 60 * 60; // a day

type Settings = Pick<Config, "cookie">;

/** The request cookie's value: 128 random bits. Undefined without one, and with more than one. */
export function readRequestCookie({ headers }: Request, config: Settings): string | undefined {
  const [id, another] = readCookies(headers.get("cookie"), requestCookieName(config));
  return another === undefined && id !== undefined && isRandomId(id) ? id : undefined;
}

/** The browser's own value, or a new one: a second request must not void the codes of the first. */
export function requestIdOf(request: Request, config: Settings): string {
  return readRequestCookie(request, config) ?? randomId();
}

/** The Set-Cookie header of a response to the request that `requestId` names. */
export function requestCookie(requestId: string, config: Settings): string {
  const attributes = { ...config.cookie, maxAge: lifetime };
  return setCookie(requestCookieName(config), requestId, attributes);
}
