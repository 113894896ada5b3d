/**
 * Forwards a request to the API that API_PROXY_TARGET names. To the browser the response comes from
 * the pages' own origin, and so does the cookie: no browser takes it for a third party's.
 */
import { forwardedAddressHeader, headerPrefix } from "#lib/protocol.ts";
import { readBytes } from "./body.ts";
import type { Call } from "./call.ts";
import { sealForwardedAddress } from "./forwarded-address.ts";
import { Problem } from "./problems.ts";

/** Milliseconds. The client gives up after 15 s; our response should reach it before that. */
const timeLimit = 12_000;

/**
 * Headers that are about this connection only (RFC 9110 §7.6.1), like those that `Connection` lists,
 * and headers that we set ourselves.
 */
const hopByHop = new RegExp(
  `^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host|content-length|(accept|content)-encoding|forwarded|x-forwarded-.*|x-vercel-.*|${headerPrefix}.*)$`,
);

/**
 * Forwards the request, and tells the API the caller's address.
 * @throws {Problem} unavailable, when the API does not answer; body_too_large, malformed_request
 */
export async function forward(
  request: Request,
  { config, keyring, now, caller }: Call,
): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  // Read first, within the API's own limit, so that a slow sender holds no connection to the API.
  const body = request.body && (await readBytes(request));
  const headers = withoutHopByHop(request.headers);
  headers.set(forwardedAddressHeader, await sealForwardedAddress(caller.ip, { keyring, now }));
  let response: Response;
  try {
    response = await fetch(config.apiProxyTarget + pathname + search, {
      method: request.method,
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeLimit),
    });
  } catch {
    throw new Problem("unavailable", "The API behind these pages does not answer.", {
      retryAfter: 5,
    });
  }
  const { status } = response;
  return new Response(response.body, { status, headers: withoutHopByHop(response.headers) });
}

function withoutHopByHop(headers: Headers): Headers {
  const listed = (headers.get("connection") ?? "").toLowerCase().split(/[\s,]+/);
  return new Headers(
    [...headers].filter(([name]) => !hopByHop.test(name) && !listed.includes(name)),
  );
}
