/** What clients send over HTTP: one schema per input. */
import { z } from "zod";
import { otherNext } from "#lib/safe-next.ts";
import { canonicalIdentifier } from "./identifiers.ts";

/**
 * Identifiers are normalised before they are validated, so that an address with a full-width "＠" or a
 * compatibility letter cannot pass as one address here and as another one later (CVE-2026-73420).
 */
const normalised = () => z.string().normalize("NFKC").trim();

/** For names that are chosen here. Imported ones have letters of any script. */
const username = normalised()
  .min(2, "Use at least 2 characters.")
  .max(64, "Use at most 64 characters.")
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/,
    "Use letters a–z, digits, dots, hyphens and underscores, starting with a letter or digit.",
  );

const identifier = () => z.string().overwrite(canonicalIdentifier);

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

/**
 * What browsers' email fields accept and mail servers take as it is (RFC 5321 §4.1.2, Dot-string).
 * Quotes, brackets, spaces and separators, which would mean something else in an SMTP envelope or a
 * header, are not in it.
 * @param domains how many labels follow the domain's first one, as a quantifier
 */
const emailOf = (domains: "*" | "+") =>
  identifier()
    .max(254, { error: "Use at most 254 characters.", abort: true })
    .check(
      z.email({
        pattern: new RegExp(`^${atom}(?:\\.${atom})*@${label}(?:\\.${label})${domains}$`),
        error: "Enter an email address such as ada@example.com.",
      }),
    );

/** An account may have "ada@localhost", from an import. */
const anyEmail = emailOf("*");

/** For addresses that are new here: without a dot, as in "ada@example", it is a slip of the finger. */
const email = emailOf("+");

const name = normalised()
  .max(150, "Use at most 150 characters.")
  .regex(/^\P{Cc}*$/u, "Leave out line breaks and control characters.");

/** lib/auth/password/policy.ts has the rules; this only keeps a hostile value small. */
const password = z.string().max(4096, "This password is too long.");

/** Where a mailed link leads on to: a path of ours, whatever was sent. */
const next = z.string().transform(otherNext).optional();

/** How the client wants its refresh token. "body" is for clients that are not browsers. */
const delivery = z.enum(["cookie", "body"], 'Use "cookie" or "body".').default("cookie");

export const signupSchema = z.object({
  username,
  email,
  password,
  name: name.default(""),
  next,
  refresh_token_delivery: delivery,
});

export const loginSchema = z.object({
  username: identifier()
    .min(1, "Enter your username or email.")
    .max(254, "Use at most 254 characters."),
  password: password.min(1, "Enter your password."),
  remember: z.boolean().default(true),
  /** From the captcha's widget, once the API has asked for it. */
  captcha_token: z.string().max(4096).optional(),
  next,
  refresh_token_delivery: delivery,
});

/** 128 bits, base64url. */
const linkToken = z.string().regex(/^[\w-]{22}$/, "This link is not complete.");

/** Six digits, with any spacing. */
const code = z
  .string()
  .overwrite((value) => value.replace(/[\s-]/g, ""))
  .regex(/^\d{6}$/, "The code has six digits.");

/** A link's token, or a code and the address that it was sent to. */
export type Presented = { token: string } | { email: string; code: string };

/** What an email carried, before it is known which of the two it is. */
const emailed = z.object({
  token: linkToken.optional(),
  email: anyEmail.optional(),
  code: code.optional(),
});

/** Which of the two it is. */
function presented(value: z.output<typeof emailed>, context: z.RefinementCtx): Presented {
  if (value.token !== undefined) return { token: value.token };
  if (value.email !== undefined && value.code !== undefined) {
    return { email: value.email, code: value.code };
  }
  const path = value.email === undefined ? "email" : "code";
  context.addIssue({ code: "custom", path: [path], message: "Type it as it is in the mail." });
  return z.NEVER;
}

/** For an address that has, or may have, an account. */
export const emailSchema = z.object({ email: anyEmail, next });

export const tokenSchema = z.object({ token: linkToken });

export const verificationSchema = emailed
  .extend({
    /** The one that was chosen at sign-up, or … */
    password: password.optional(),
    /** … a new one, for who did not choose that one. */
    new_password: password.optional(),
    /** Another one, if the sign-up's has been taken meanwhile. */
    username: username.optional(),
    next,
  })
  .transform(({ password, new_password, username, next, ...value }, context) => ({
    presented: presented(value, context),
    password,
    newPassword: new_password,
    username,
    next,
  }));

export const emailLoginSchema = emailed
  .extend({ remember: z.boolean().default(true), refresh_token_delivery: delivery })
  .transform(({ remember, refresh_token_delivery, ...value }, context) => ({
    presented: presented(value, context),
    remember,
    refresh_token_delivery,
  }));

export const resetSchema = z.object({ token: linkToken, password, next });

export const reauthenticateSchema = z.object({
  password: password.min(1, "Enter your password."),
  refresh_token_delivery: delivery,
});

export const passwordChangeSchema = z.object({
  current_password: password.min(1, "Enter your password."),
  password,
  refresh_token_delivery: delivery,
});

/** For callers without a recent sign-in. */
const currentPassword = password.optional();

export const emailChangeSchema = z.object({ email, current_password: currentPassword });

export const confirmationSchema = z.object({ current_password: currentPassword });

/** What refresh and logout take from clients that are not browsers. */
export const refreshTokenBodySchema = z.object({ refresh_token: z.string().max(4096).optional() });

/** The username may be the present one, which may be imported; another one takes `usernameSchema`. */
export const profileSchema = z.object({
  name: name.optional(),
  username: normalised().max(254, "Use at most 254 characters.").optional(),
  current_password: currentPassword,
});

export const usernameSchema = z.object({ username });

export type SignupInput = z.input<typeof signupSchema>;
export type LoginInput = z.input<typeof loginSchema>;
export type ReauthenticateInput = z.input<typeof reauthenticateSchema>;
export type PasswordChangeInput = z.input<typeof passwordChangeSchema>;
export type EmailLoginInput = z.input<typeof emailLoginSchema>;
export type ProfileInput = z.input<typeof profileSchema>;
