import { NextResponse } from "next/server";

/** The least that a gate at the edge can be: it lets nobody through. */
export function middleware(request) {
  return NextResponse.redirect(new URL("/", request.url));
}

export const config = { matcher: ["/gated"] };
