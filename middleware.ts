/**
 * The gate at the edge: opens the cookie's seal near the visitor and sends who has none to log
 * in, without a database. It is a convenience, never the lock: every protected page asks the
 * database again while it renders. It also gives each page its Content-Security-Policy.
 */
import { type NextRequest, NextResponse } from "next/server";
import { openRefreshToken } from "#lib/auth/session/refresh-token.ts";
import { config as settings } from "#lib/config/index.ts";
import { readCookies } from "#lib/http/cookies.ts";
import { contentSecurityPolicy, newNonce } from "#lib/http/csp.ts";
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
  // Next reads the nonce from the request's policy, so what a visitor sent there is overwritten
  // (CVE-2026-44581).
  const headers = new Headers(request.headers);
  headers.delete("x-nonce");
  headers.set("Content-Security-Policy", policy);
  // For requireSession, which sends visitors back here. Overwrites what the client sent.
  headers.set(pathHeader, pathname + search);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

/** Whether the visitor brings a refresh token of ours whose time is not up. */
async function holdsSession(request: NextRequest): Promise<boolean> {
  const { cookie, secrets } = settings();
  const values = readCookies(request.headers.get("cookie"), cookie.name);
  const presented = await openRefreshToken(values, secrets);
  return presented.kind === "token" && presented.token.expires_at > Date.now();
}

export const config = {
  // Pages only: the API answers for itself, and static files are the same for everybody.
  matcher: ["/((?!api/|_next/static/|_next/image|\\.well-known/|icon.svg|favicon.ico).*)"],
};
