import type { ProblemBody } from "#lib/contract/problems.ts";
import { AuthError } from "./auth-error.ts";
import type { Browser } from "./browser.ts";

/**
 * Milliseconds, with the body. It is shorter than REFRESH_GRACE_PERIOD, so that no late answer can
 * put an overtaken cookie back.
 */
const timeLimit = 15_000;

/** The password was right, and a second factor is asked for. */
export interface MfaRequired {
  mfa_required: true;
  mfa_token: string;
  methods: string[];
}

/** The account is made, and a mail says how to go on: nobody is signed in yet. */
export interface VerificationRequired {
  verification_required: true;
  email: string;
}

/** What proving who one is comes to, when it does not come to a token at once. */
export type NextStep = MfaRequired | VerificationRequired;

export type Post = <Answer>(path: string, body?: object) => Promise<Answer>;

/**
 * Makes the function that posts to `/api/auth/{path}`.
 * It rejects with an {@link AuthError}, whatever goes wrong.
 */
export function createPost(browser: Browser, apiHost: string): Post {
  return async <Answer>(path: string, body?: object) => {
    let response: Response;
    let text: string;
    try {
      response = await browser.fetch(`${apiHost}/api/auth/${path}`, {
        method: "POST",
        credentials: apiHost ? "include" : "same-origin",
        signal: AbortSignal.timeout(timeLimit),
        ...(body && {
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
        }),
      });
      text = await response.text();
    } catch {
      throw new AuthError(
        "network_error",
        "The server could not be reached. Check your connection and try again.",
      );
    }
    const answer = parse(text);
    if (response.status === 204 || (response.ok && answer)) return answer as Answer;
    throw errorOf(response, (answer ?? {}) as Partial<ProblemBody>);
  };
}

/** A proxy or a hotel's login page may answer with anything, under any status. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf(
  { status, headers }: Response,
  { code, detail, errors }: Partial<ProblemBody>,
): AuthError {
  return new AuthError(
    code ?? "unavailable",
    detail ?? "The service is not available just now. Try again in a moment.",
    { status, errors, retryAfter: Number(headers.get("Retry-After")) || undefined },
  );
}
