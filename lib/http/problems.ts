/**
 * Errors as the API returns them (RFC 9457 problem details). Handlers throw a `Problem`, or what the
 * core throws; route.ts turns either into the response. lib/contract/problems.ts has the codes.
 */
import { isUnavailable } from "#db/index.ts";
import { QueueFullError } from "#lib/auth/guard/limiter.ts";
import { RateLimitedError } from "#lib/auth/guard/rate-limits.ts";
import type { Config } from "#lib/config/index.ts";
import { recentSignIn } from "#lib/contract/lifetimes.ts";
import {
  type FieldError,
  type ProblemBody,
  type ProblemCode,
  problems,
} from "#lib/contract/problems.ts";
import type { Presented } from "#lib/contract/schemas.ts";
import { durationWords } from "#lib/format.ts";

interface ProblemOptions {
  errors?: FieldError[];
  /** Seconds, sent as Retry-After. */
  retryAfter?: number;
  headers?: Record<string, string>;
}

/**
 * @example
 * throw new Problem("not_found", "There is no invoice with this number.");
 */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly options: ProblemOptions;

  /** @param detail a sentence for people: what was wrong, and what to do */
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
 * RFC 6750 §3: a request without a token gets a bare challenge, a bad token gets the error.
 * RFC 9470 §3: a sign-in that is too long ago gets the age that would do.
 */
function bearerChallenge(code: ProblemCode): string | undefined {
  if (code === "token_missing") return "Bearer";
  if (code === "insufficient_user_authentication") {
    return `Bearer error="${code}", max_age="${recentSignIn / 1000}"`;
  }
  return code.startsWith("token_") ? 'Bearer error="invalid_token"' : undefined;
}

/** The problem that an error stands for: the one place where errors become responses. */
export function problemOf(error: unknown, config: Pick<Config, "mail">): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RateLimitedError) return tooManyAttempts(error, config);
  if (error instanceof QueueFullError) {
    return new Problem("unavailable", "Too many people are signing in just now. Try again.", {
      retryAfter: 2,
    });
  }
  if (isUnavailable(error)) {
    // When the response to a commit was lost, the server cannot know whether it has happened.
    const detail = "The database does not answer. What was asked for may have been done or not.";
    return new Problem("unavailable", detail, { retryAfter: 5 });
  }
  return new Problem("internal_error", "The error has been logged. Nothing more is known here.");
}

function tooManyAttempts(
  { retryAfter, resetNeeded }: RateLimitedError,
  { mail }: Pick<Config, "mail">,
): Problem {
  if (resetNeeded) {
    const advice = mail
      ? "Choose a new password by mail, or log in where you have logged in before."
      : "Log in where you have logged in before, or ask whoever runs this site for a new password.";
    return new Problem("too_many_attempts", advice, { retryAfter: 3_600 });
  }
  const detail = `Try again in ${durationWords(retryAfter * 1000)}.`;
  return new Problem("too_many_attempts", detail, { retryAfter });
}

/**
 * Refuses what would promise an email where none can be sent: production without SMTP_URL.
 * @throws {Problem} mail_unavailable
 */
export function requireMail({ mail }: Pick<Config, "mail">): void {
  if (mail) return;
  throw new Problem(
    "mail_unavailable",
    "This site cannot send email. Ask whoever runs it for help.",
  );
}

const linkInvalidDetail =
  "It has been used, is too old, or the account has changed since. Ask for a new mail.";

/** For an emailed link or code that was used, has expired, or is older than a change of the account. */
export function linkInvalid(): Problem {
  return new Problem("link_invalid", linkInvalidDetail);
}

/**
 * For a link or a code that works only in the browser that asked for it. A wrong code and a right one
 * in another browser get the same words, or a guesser would learn which it was.
 */
export function signInLinkInvalid(presented: Presented): Problem {
  if ("token" in presented) return linkInvalid();
  const hint = "A code works only in the browser that asked for it. Elsewhere, follow the link.";
  return new Problem("link_invalid", `${linkInvalidDetail} ${hint}`);
}

/** For a link or code that verifies an address, in a browser that has not signed up. */
export function passwordRequired(): Problem {
  const message = "Enter the password that you chose when you signed up.";
  return new Problem("password_required", message, { errors: [{ path: "password", message }] });
}

export function wrongCredentials(): Problem {
  return new Problem("invalid_credentials", "The username or the password is wrong.");
}

/** @param path the field that holds the password */
export function wrongPassword(path: string): Problem {
  const message = "This is not your password.";
  return new Problem("invalid_credentials", message, { errors: [{ path, message }] });
}

/** @param message why the new password, in the field `path`, is too easy to guess */
export function weakPassword(message: string, path = "password"): Problem {
  return new Problem("validation_failed", "Choose another password.", {
    errors: [{ path, message }],
  });
}

/** For a username or an email address that another account has. */
export function taken(code: "username_taken" | "email_taken"): Problem {
  const [path, message] =
    code === "email_taken"
      ? ["email", "There is an account with this email address already."]
      : ["username", "This username is taken. Choose another one."];
  return new Problem(code, message, { errors: [{ path, message }] });
}
