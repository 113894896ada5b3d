import { NextResponse } from "next/server";

/** The least that a middleware can do: it redirects every request. */
export function middleware(request) {
  return NextResponse.redirect(new URL("/", request.url));
}

export const config = { matcher: ["/gated"] };
