/** `body` as JSON, with the cookies to set. */
export function json(body: unknown, status = 200, cookies: string[] = []): Response {
  const headers = new Headers({ "Content-Type": "application/json" });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(streamOf(JSON.stringify(body)), { status, headers });
}

/**
 * `text` in one piece. What a Response makes of a string, a stream of bytes that may be read into a
 * buffer of the reader's, costs half as much again, and nobody reads this one so.
 */
function streamOf(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from(text));
      controller.close();
    },
  });
}
