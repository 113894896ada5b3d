import type { FieldError, ProblemCode } from "#lib/contract/problems.ts";

/** The API's codes, and three that only the client can know. */
export type AuthErrorCode = ProblemCode | "network_error" | "signed_out" | "cookie_refused";

interface AuthErrorOptions extends ErrorOptions {
  status?: number | undefined;
  errors?: FieldError[] | undefined;
  retryAfter?: number | undefined;
}

/** What the auth client rejects with. `code` is stable; `message` is for people. */
export class AuthError extends Error {
  override name = "AuthError";
  declare readonly code: AuthErrorCode;
  /** The HTTP status; undefined without a response. */
  readonly status: number | undefined;
  /** What is wrong with which field. */
  readonly errors: FieldError[] | undefined;
  /** Seconds to wait before the next attempt. */
  readonly retryAfter: number | undefined;

  constructor(code: AuthErrorCode, message: string, options?: AuthErrorOptions) {
    super(message, options);
    Object.assign(this, options, { code });
  }
}
