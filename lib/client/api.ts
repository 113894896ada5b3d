import type { ProblemBody } from "#lib/contract/problems.ts";
import { AuthError } from "./auth-error.ts";
import type { Browser } from "./browser.ts";

/**
 * Milliseconds for a request and its body. Shorter than REFRESH_GRACE_PERIOD, so that no late
 * response can put a superseded cookie back.
 */
const timeLimit = 15_000;

export type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

/**
 * Sends `body` as JSON to a path of the API and resolves to the parsed answer, undefined for a 204.
 * Rejects with an {@link AuthError}.
 */
export type Send = <Answer>(method: Method, path: string, body?: object) => Promise<Answer>;

export function createSend(fetch: (path: string, init: RequestInit) => Promise<Response>): Send {
  return async (method, path, body) => {
    const json = body && {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    };
    return readAnswer(await fetch(path, { method, ...json }).catch(unreachable));
  };
}

/** Creates a `fetch` for the API that carries the refresh cookie and no access token. */
export function createCookieFetch(browser: Browser, apiHost: string) {
  return (path: string, init: RequestInit): Promise<Response> =>
    browser.fetch(apiHost + path, {
      ...init,
      credentials: "include",
      signal: AbortSignal.timeout(timeLimit),
    });
}

/**
 * Resolves to the parsed body of a response from the API, undefined for a 204.
 * @throws {AuthError} with the API's code, unless the response is ok
 */
export async function readAnswer<Answer>(response: Response): Promise<Answer> {
  const { ok, status, headers } = response;
  const answer = parse(await response.text().catch(unreachable));
  if (status === 204 || (ok && answer)) return answer as Answer;
  const { code, detail, errors } = (answer ?? {}) as Partial<ProblemBody>;
  throw new AuthError(
    code ?? "unavailable",
    detail ?? "The service is not available just now. Try again in a moment.",
    { status, errors, retryAfter: Number(headers.get("Retry-After")) || undefined },
  );
}

/** A proxy or a captive portal may return anything, under any status. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(cause: unknown): never {
  // The request may have failed before it was sent, for lack of an access token.
  if (cause instanceof AuthError) throw cause;
  throw new AuthError(
    "network_error",
    "The server could not be reached. Check your connection and try again.",
    { cause },
  );
}
