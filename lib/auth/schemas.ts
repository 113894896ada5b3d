/** What comes in and goes out over HTTP: one schema per input, and the shapes of the answers. */
import { z } from "zod";

/**
 * Identifiers are normalised (NFKC, trimmed) before they are validated, so that a full-width "＠"
 * or a compatibility letter cannot pass as one address here and as another one later
 * (CVE-2026-73420).
 */
const normalised = z.string().transform((value) => value.normalize("NFKC").trim());

const username = normalised.pipe(
  z
    .string()
    .min(2, "Use at least 2 characters.")
    .max(64, "Use at most 64 characters.")
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/,
      "Use letters a–z, digits, dots, hyphens and underscores, starting with a letter or digit.",
    ),
);

const email = normalised.pipe(
  z
    .string()
    .max(254, "Use at most 254 characters.")
    .pipe(z.email("Enter an email address such as ada@example.com.")),
);

const name = normalised.pipe(
  z
    .string()
    .max(150, "Use at most 150 characters.")
    .regex(/^\P{Cc}*$/u, "Leave out line breaks and control characters."),
);

/** Its rules live in passwords.ts; here only what keeps a hostile value small. */
const password = z.string().max(4096, "This password is too long.");

/** How a client that is not a browser asks for its refresh token. */
const delivery = z.enum(["cookie", "body"], 'Use "cookie" or "body".').default("cookie");

export const signupSchema = z.object({
  username,
  email,
  password,
  name: name.default(""),
  refresh_token_delivery: delivery,
});

export const loginSchema = z.object({
  username: normalised.pipe(
    z.string().min(1, "Enter your username or email.").max(254, "Use at most 254 characters."),
  ),
  password: password.min(1, "Enter your password."),
  remember: z.boolean().default(true),
  refresh_token_delivery: delivery,
});

/** What refresh and logout take from clients that are not browsers. */
export const refreshTokenBodySchema = z.object({ refresh_token: z.string().max(4096).optional() });

export const profileSchema = z.object({ name: name.optional(), username: username.optional() });

export type SignupInput = z.input<typeof signupSchema>;
export type LoginInput = z.input<typeof loginSchema>;
export type ProfileInput = z.input<typeof profileSchema>;

/** The signed-in person as the API shows them. Times are ISO 8601 UTC. */
export interface User {
  id: string;
  username: string;
  email: string;
  email_verified: boolean;
  name: string;
  role: string;
  is_active: boolean;
  date_joined: string;
  last_login: string | null;
}

/** RFC 6749 §5.1, and the user. `expires_in` is seconds from now, `expires_at` Unix seconds. */
export interface TokenResponse {
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
  expires_at: number;
  user: User;
  /** For clients that are not browsers and have asked for it, whenever it is a new one. */
  refresh_token?: string;
  /** Seconds until it expires if it is not used. */
  refresh_expires_in?: number;
}

/** One sign-in on one device, as its owner sees it. Times are ISO 8601 UTC. */
export interface SessionView {
  id: string;
  current: boolean;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  user_agent: string;
  device: string;
  ip: string;
}
