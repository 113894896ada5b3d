/** Which pages may call: the defence against CSRF, and CORS. */
import type { Config } from "#lib/config/index.ts";
import { isLoopback } from "#lib/config/index.ts";
import { Problem } from "./problems.ts";

/**
 * Refuses a state-changing request that a foreign page has caused. The Origin is compared
 * exactly: other ports, look-alikes and sibling subdomains are foreign. Without an Origin,
 * Fetch Metadata decides; without either, no browser sent the request, so there is no ambient
 * authority to abuse (OWASP CSRF cheat sheet, ASVS 3.5.1).
 * @throws {Problem} origin_not_allowed
 */
export function requireOwnOrigin(request: Request, config: Config, isForm: boolean): void {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  // A form post needs no CORS preflight, so only our own pages may send one.
  const allowed = isForm ? isOurs(origin, config.ownOrigins, config) : isAllowed(origin, config);
  const fine =
    origin === null ? site === null || site === "same-origin" || site === "none" : allowed;
  if (fine || isCalledAt(origin, site, config)) return;
  const from = origin ?? `a ${site} page`;
  throw new Problem(
    "origin_not_allowed",
    `Requests from ${from} are not allowed here; APP_URL and ALLOWED_ORIGINS say which are.`,
  );
}

/**
 * Whether the page has the very origin that it calls, which the browser says and no script can forge
 * (Fetch Metadata). It decides where the Origin says nothing: an extension, a proxy or a policy of
 * `no-referrer` makes it `null` (better-auth/better-auth#10944). It also decides on Vercel, which
 * tells a deployment one domain and may serve it at another, such as www. in place of the apex.
 * Elsewhere the operator has set APP_URL, and it decides.
 */
function isCalledAt(origin: string | null, site: string | null, { vercel }: Config): boolean {
  return (vercel || origin === "null") && site === "same-origin";
}

/** Whether pages of `origin` may call with credentials. */
export function isAllowed(origin: string | null, config: Config): origin is string {
  return isOurs(origin, config.allowedOrigins, config);
}

function isOurs(origin: string | null, ours: string[], config: Config): origin is string {
  if (origin === null) return false;
  if (ours.includes(origin)) return true;
  // While developing, localhost and 127.0.0.1 are one machine, whatever APP_URL calls it.
  if (config.production || !URL.canParse(origin)) return false;
  return isLoopback(origin) && isLoopback(config.appUrl) && samePort(origin, config.appUrl);
}

function samePort(a: string, b: string): boolean {
  return new URL(a).port === new URL(b).port;
}

/** Adds the CORS headers that every response carries, errors too. */
export function addCorsHeaders(headers: Headers, request: Request, config: Config): void {
  headers.append("Vary", "Origin");
  const origin = request.headers.get("origin");
  if (!isAllowed(origin, config)) return;
  headers.set("Access-Control-Allow-Origin", origin);
  headers.set("Access-Control-Allow-Credentials", "true");
  headers.set("Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate");
}

/** The response to a preflight. A foreign origin gets no CORS headers, so its browser stops there. */
export function preflight(methods: string[]): Response {
  return new Response(null, {
    status: 204,
    headers: {
      Allow: methods.join(", "),
      "Access-Control-Allow-Methods": methods.join(", "),
      "Access-Control-Allow-Headers": "Authorization, Content-Type",
      "Access-Control-Max-Age": "600",
    },
  });
}
