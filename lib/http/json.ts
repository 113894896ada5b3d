/** `body` as JSON, with the cookies to set. */
export function json(body: unknown, status = 200, cookies: string[] = []): Response {
  const response = Response.json(body, { status });
  for (const cookie of cookies) response.headers.append("Set-Cookie", cookie);
  return response;
}
