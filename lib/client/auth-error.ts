import type { FieldError, ProblemCode } from "#lib/contract/problems.ts";

/** The API's own codes, and three for what it cannot know of. */
export type AuthErrorCode = ProblemCode | "network_error" | "signed_out" | "cookie_refused";

interface AuthErrorOptions {
  status?: number | undefined;
  errors?: FieldError[] | undefined;
  retryAfter?: number | undefined;
}

/**
 * What every function of the auth client rejects with.
 * `code` is stable, `message` is for people.
 */
export class AuthError extends Error {
  override name = "AuthError";
  readonly code: AuthErrorCode;
  /** The HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  /** What is wrong with which field. */
  readonly errors: FieldError[] | undefined;
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | undefined;

  constructor(code: AuthErrorCode, message: string, options: AuthErrorOptions = {}) {
    super(message);
    this.code = code;
    this.status = options.status;
    this.errors = options.errors;
    this.retryAfter = options.retryAfter;
  }
}
