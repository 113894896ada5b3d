import type { Browser } from "./browser.ts";

/** Creates a `fetch` that carries the access token, to the API's origin only. */
export function createBearerFetch(
  browser: Browser,
  apiHost: string,
  getToken: () => Promise<string>,
  /** Called when an API has refused this token. */
  onRefused: (token: string) => void,
): typeof fetch {
  function send(request: Request, token: string): Promise<Response> {
    request.headers.set("Authorization", `Bearer ${token}`);
    return browser.fetch(request);
  }

  return async (input, init) => {
    const base = apiHost || browser.location.href;
    const request = new Request(input instanceof Request ? input : new URL(input, base), init);
    const { origin } = new URL(base);
    if (new URL(request.url).origin !== origin) {
      throw new TypeError(`The access token is for ${origin} only, not for ${request.url}.`);
    }
    const token = await getToken();
    // A request's body can be sent only once.
    const response = await send(request.clone(), token);
    // RFC 6750 §3.1: the token is expired, revoked or malformed, and a new one may succeed.
    if (!response.headers.get("WWW-Authenticate")?.includes("invalid_token")) return response;
    onRefused(token);
    return send(request, await getToken());
  };
}
