/**
 * Passes a request on to the API of API_PROXY_TARGET. To the browser the answer comes from the
 * pages' own origin, and so does the cookie: no browser takes it for a third party's.
 */
import type { Config } from "#lib/config/index.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { forwardedAddressHeader, headerPrefix } from "#lib/protocol.ts";
import { readBytes } from "./body.ts";
import { sealForwardedAddress } from "./forwarded-address.ts";
import { Problem } from "./problem.ts";

/** Milliseconds. The browser's own limit is 15 s; our answer should reach it before that. */
const timeLimit = 12_000;

/**
 * What speaks of this connection only (RFC 9110 §7.6.1), as do the headers that `Connection` lists,
 * and what we say ourselves.
 */
const ownBusiness = new RegExp(
  `^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host|content-length|(accept|content)-encoding|forwarded|x-forwarded-.*|x-vercel-.*|${headerPrefix}.*)$`,
);

/**
 * @param address whom the request comes from; told to the API
 * @throws {Problem} unavailable, when the API does not answer; body_too_large, malformed_request
 */
export async function forward(
  request: Request,
  address: string,
  { config, keyring, now }: { config: Config; keyring: Keyring; now: number },
): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  // Small as the API takes it, so it is refused here already, and whoever sends slowly holds no
  // connection to the API.
  const body = request.body && (await readBytes(request));
  const headers = withoutOwnBusiness(request.headers);
  headers.set(forwardedAddressHeader, await sealForwardedAddress(address, { keyring, now }));
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
  return new Response(response.body, { status, headers: withoutOwnBusiness(response.headers) });
}

function withoutOwnBusiness(headers: Headers): Headers {
  const listed = (headers.get("connection") ?? "").toLowerCase().split(/[\s,]+/);
  return new Headers(
    [...headers].filter(([name]) => !ownBusiness.test(name) && !listed.includes(name)),
  );
}
