/**
 * Every error the API answers with, in one table (RFC 9457 problem details).
 * Handlers throw a `Problem`; route.ts turns it into the response.
 */

import type { Config } from "#lib/config/index.ts";
import { recentSignIn } from "#lib/contract/lifetimes.ts";

const problems = {
  malformed_request: [400, "The request could not be read"],
  invalid_credentials: [401, "Wrong username or password"],
  token_missing: [401, "An access token is needed"],
  token_invalid: [401, "The access token is not valid"],
  token_expired: [401, "The access token has expired"],
  token_revoked: [401, "The session of this access token has ended"],
  insufficient_user_authentication: [401, "A recent sign-in is needed"],
  refresh_missing: [401, "There is no refresh token"],
  refresh_invalid: [401, "The refresh token is not valid"],
  session_expired: [401, "The session has expired"],
  session_revoked: [401, "The session was ended"],
  refresh_reused: [401, "The session was ended because its refresh token was used twice"],
  link_invalid: [400, "The link or code is not valid"],
  captcha_required: [403, "A captcha has to be solved first"],
  email_not_verified: [403, "The email address is not verified"],
  origin_not_allowed: [403, "This origin may not do that"],
  not_found: [404, "There is nothing here"],
  method_not_allowed: [405, "This method is not available here"],
  refresh_superseded: [409, "A newer refresh token has just been issued"],
  username_taken: [409, "This username is taken"],
  email_taken: [409, "This email address is taken"],
  body_too_large: [413, "The request is too large"],
  unsupported_media_type: [415, "This content type is not supported"],
  validation_failed: [422, "Some values are not right"],
  too_many_attempts: [429, "Too many attempts"],
  internal_error: [500, "Something went wrong on our side"],
  unavailable: [503, "The service is not available just now"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;

export interface FieldError {
  path: string;
  message: string;
}

/** The body of an error, `application/problem+json`. `code` is stable, `detail` is for people. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  errors?: FieldError[];
}

interface ProblemOptions {
  errors?: FieldError[];
  /** Seconds, sent as Retry-After. */
  retryAfter?: number;
  headers?: Record<string, string>;
}

export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail);
    const [status, title] = problems[code];
    this.code = code;
    this.status = status;
    this.title = title;
    this.options = options;
  }

  body(): ProblemBody {
    return {
      type: "about:blank",
      title: this.title,
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(this.options.errors && { errors: this.options.errors }),
    };
  }

  toResponse(): Response {
    const headers = new Headers({
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...this.options.headers,
    });
    if (this.options.retryAfter !== undefined) {
      headers.set("Retry-After", String(Math.max(1, Math.ceil(this.options.retryAfter))));
    }
    const challenge = bearerChallenge(this.code);
    if (challenge) headers.set("WWW-Authenticate", challenge);
    return new Response(JSON.stringify(this.body()), { status: this.status, headers });
  }
}

/**
 * RFC 6750 §3: a request without any token gets a bare challenge, a bad token gets the error.
 * RFC 9470 §3: a sign-in that is too long ago gets the age that would do.
 */
function bearerChallenge(code: ProblemCode): string | undefined {
  if (code === "token_missing") return "Bearer";
  if (code === "insufficient_user_authentication") {
    return `Bearer error="${code}", max_age="${recentSignIn / 1000}"`;
  }
  return code.startsWith("token_") ? 'Bearer error="invalid_token"' : undefined;
}

/** What every mailed link says that is used up, over, or from before the account changed. */
export function deadLink(): Problem {
  return new Problem(
    "link_invalid",
    "It has been used, is too old, or the account has changed since. Ask for a new mail.",
  );
}

/** @throws {Problem} not_found, where nobody signs in by mail */
export function requireEmailLogin({ emailLogin }: Pick<Config, "emailLogin">): void {
  if (!emailLogin) throw new Problem("not_found", "Signing in by mail is off (EMAIL_LOGIN).");
}

/** For a password that is too easy to guess; `message` says why. */
export function weakPassword(message: string): Problem {
  return new Problem("validation_failed", "Choose another password.", {
    errors: [{ path: "password", message }],
  });
}
