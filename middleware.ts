/**
 * The gate at the edge. It opens the refresh cookie's seal near the visitor, without a database, and
 * sends a visitor without a session to sign in. It is a convenience and not the lock: every
 * protected page asks the database again while it renders. The gate also gives each page its
 * Content-Security-Policy (next.config.js has that of everything else).
 *
 * Next prints that this file's name is deprecated. That is no mistake: under the new name, proxy.ts,
 * it could not run at the edge, because Next runs that one under Node.js only.
 */
import { type NextRequest, NextResponse } from "next/server";
import { openRefreshToken } from "#lib/auth/session/refresh-token.ts";
import { config as settings } from "#lib/config/index.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { readRefreshCookies } from "#lib/http/cookies.ts";
import { contentSecurityPolicy, newNonce, policyOfNothing } from "#lib/http/csp.ts";
import { processWide } from "#lib/process-wide.ts";
import { isProtectedPath } from "#lib/protected-paths.ts";
import { pathHeader } from "#lib/protocol.ts";

export async function middleware(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl;
  const values = readRefreshCookies(request.headers.get("cookie"), settings());
  if (values.length === 0 && isStrictCookieMissing(request)) return reload();
  const gated = settings().sessionsHere && isProtectedPath(pathname);
  if (gated && !(await holdsSession(values))) {
    const login = new URL("/login", request.url);
    login.searchParams.set("next", pathname + search);
    const redirect = NextResponse.redirect(login);
    redirect.headers.set("Content-Security-Policy", policyOfNothing);
    return redirect;
  }

  const policy = contentSecurityPolicy(newNonce(), settings());
  // Next reads the nonce from the request's policy, so whatever the client sent in those headers is
  // overwritten (CVE-2026-44581).
  const headers = new Headers(request.headers);
  headers.delete("x-nonce");
  headers.delete("Content-Security-Policy-Report-Only");
  headers.set("Content-Security-Policy", policy);
  // For requireSession, which sends visitors back here. Overwrites what the client sent.
  headers.set(pathHeader, pathname + search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

/** Whether one of the refresh cookies is a token of ours that has not expired. */
async function holdsSession(values: string[]): Promise<boolean> {
  const { secrets } = settings();
  const keyring = processWide("keyring", () => new Keyring(secrets));
  const presented = await openRefreshToken(values, keyring);
  switch (presented.kind) {
    case "token":
      return presented.token.expires_at > Date.now();
    case "ambiguous":
      // Only the database knows which one counts, and the page asks it.
      return presented.tokens.some(({ expires_at }) => expires_at > Date.now());
    case "missing":
    case "invalid":
      return false;
  }
}

/**
 * With SameSite=Strict a browser sends no cookie when its user follows a link from another site, such
 * as webmail, and would look signed out (rubygems/rubygems.org#6792).
 */
function isStrictCookieMissing({ method, headers }: NextRequest): boolean {
  const { cookie, sessionsHere } = settings();
  return (
    sessionsHere &&
    cookie.sameSite === "strict" &&
    method === "GET" &&
    headers.get("sec-fetch-site") === "cross-site" &&
    headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document"
  );
}

/** A page that asks for itself again. That request comes from our own site, so it cannot loop. */
function reload(): NextResponse {
  const page = '<!doctype html><meta http-equiv="refresh" content="0"><title>One moment</title>';
  return new NextResponse(page, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policyOfNothing,
      "Cache-Control": "no-store",
    },
  });
}

export const config = {
  // Everything but the API, which authenticates its own requests, and files that everybody may have.
  // Anchored: what only begins like them is a page that is not found. next.config.js gives these
  // a policy; tests/unit/policies.test.ts compares the two.
  matcher: [
    "/((?!api(?:/|$)|_next/static/|icon\\.svg$|\\.well-known/(?:jwks\\.json|change-password)$).*)",
  ],
};
