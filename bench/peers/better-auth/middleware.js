import { getSessionCookie } from "better-auth/cookies";
import { NextResponse } from "next/server";

export function middleware(request) {
  if (getSessionCookie(request)) return NextResponse.next();
  return NextResponse.redirect(new URL("/", request.url));
}

export const config = { matcher: ["/me"] };
