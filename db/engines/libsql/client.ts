import type { Client } from "@libsql/client";

/**
 * Opens the part of the client that speaks HTTP: it has no native code and keeps no connection.
 * @param timeout for each request, in milliseconds
 */
export async function openClient(
  url: string,
  authToken: string | undefined,
  timeout: number,
): Promise<Client> {
  const { createClient } = await import("@libsql/client/http");
  return createClient({
    url,
    ...(authToken && { authToken }),
    intMode: "number",
    fetch: (request: Request) => fetchInTime(request, timeout),
  });
}

/**
 * Takes the request apart, because Next's `fetch` copies a `Request`, and the garbage collector
 * takes a link out of the chain of copies, and the signal with it.
 */
async function fetchInTime({ url, method, headers, body }: Request, timeout: number) {
  const signal = AbortSignal.timeout(timeout);
  const bytes = body && (await new Response(body).arrayBuffer());
  return fetch(url, { method, headers, body: bytes, signal });
}
