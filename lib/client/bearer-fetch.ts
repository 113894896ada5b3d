import type { Browser } from "./browser.ts";

interface Tokens {
  getToken(): Promise<string>;
  /** An API has refused this token. */
  reject(token: string): void;
}

/** Makes a `fetch` that carries the access token, to the API's origin and nowhere else. */
export function createBearerFetch(browser: Browser, apiHost: string, tokens: Tokens): typeof fetch {
  async function send(request: Request): Promise<[response: Response, token: string]> {
    const token = await tokens.getToken();
    request.headers.set("Authorization", `Bearer ${token}`);
    return [await browser.fetch(request), token];
  }

  return async (input, init) => {
    const base = apiHost || browser.location.href;
    const request = new Request(input instanceof Request ? input : new URL(input, base), init);
    const { origin } = new URL(base);
    if (new URL(request.url).origin !== origin) {
      throw new TypeError(`The access token is for ${origin} only, not for ${request.url}.`);
    }
    // The first attempt uses its body up.
    const [response, token] = await send(request.clone());
    // RFC 6750 §3.1: the token was expired, revoked or otherwise invalid; ask for a new one.
    if (!response.headers.get("WWW-Authenticate")?.includes("invalid_token")) return response;
    tokens.reject(token);
    return (await send(request))[0];
  };
}
