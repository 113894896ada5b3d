/**
 * Every error the API answers with, in one table (RFC 9457 problem details).
 * Handlers throw a `Problem`; route.ts turns it into the response.
 */

import { recentSignIn } from "#lib/contract/lifetimes.ts";
import type { Config } from "#lib/config/index.ts";
import {
  type FieldError,
  type ProblemBody,
  type ProblemCode,
  problems,
} from "#lib/contract/problems.ts";

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
