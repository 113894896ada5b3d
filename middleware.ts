/**
 * The gate at the edge. It opens the refresh cookie's seal near the visitor, without a database, and
 * sends a visitor without a session to sign in. It is a convenience and not the lock: every
 * protected page asks the database again while it renders. The gate also gives each page its
 * Content-Security-Policy.
 *
 * Next prints that this file's name is deprecated. That is no mistake: under the new name, proxy.ts,
 * it could not run at the edge, because Next runs that one under Node.js only.
 */
import { type NextRequest, NextResponse } from "next/server";
import { openRefreshToken } from "#lib/auth/session/refresh-token.ts";
import { config as settings } from "#lib/config/index.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { readCookies } from "#lib/http/cookies.ts";
import { contentSecurityPolicy, newNonce } from "#lib/http/csp.ts";
import { processWide } from "#lib/process-wide.ts";
import { isProtectedPath } from "#lib/protected-paths.ts";
import { pathHeader } from "#lib/protocol.ts";

export async function middleware(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl;
  const gated = settings().sessionsHere && isProtectedPath(pathname);
  if (gated && !(await holdsSession(request))) {
    const login = new URL("/login", request.url);
    login.searchParams.set("next", pathname + search);
    return NextResponse.redirect(login);
  }

  const policy = contentSecurityPolicy(newNonce(), settings());
  // Next reads the nonce from the request's policy, so whatever the client sent in that header is
  // overwritten (CVE-2026-44581).
  const headers = new Headers(request.headers);
  headers.delete("x-nonce");
  headers.set("Content-Security-Policy", policy);
  // For requireSession, which sends visitors back here. Overwrites what the client sent.
  headers.set(pathHeader, pathname + search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

/** Whether the request presents a refresh token of ours that has not expired. */
async function holdsSession(request: NextRequest): Promise<boolean> {
  const { cookie, secrets } = settings();
  const keyring = processWide("keyring", () => new Keyring(secrets));
  const values = readCookies(request.headers.get("cookie"), cookie.name);
  const presented = await openRefreshToken(values, keyring);
  return presented.kind === "token" && presented.token.expires_at > Date.now();
}

export const config = {
  // Pages only. The API authenticates its own requests, and static files are public.
  matcher: ["/((?!api/|_next/static/|_next/image|\\.well-known/|icon.svg|favicon.ico).*)"],
};
