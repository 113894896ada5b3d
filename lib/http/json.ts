const encoder = new TextEncoder();

/** `body` as JSON, with the cookies to set. */
export function json(body: unknown, status = 200, cookies: string[] = []): Response {
  const headers = new Headers({ "Content-Type": "application/json" });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  // Bytes, because a string is encoded behind a stream that costs more than encoding it here.
  return new Response(encoder.encode(JSON.stringify(body)), { status, headers });
}
