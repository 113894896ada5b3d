/** What a form post without JavaScript leaves for the page that its 303 leads to, sealed in a cookie. */
import { z } from "zod";
import type { Config } from "#lib/config/index.ts";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { seal } from "#lib/crypto/seal.ts";
import { unseal } from "#lib/crypto/unseal.ts";
import { flashCookieName, readCookies, setCookie } from "./cookies.ts";
import { Problem } from "./problems.ts";

/** Seconds: long enough for a redirect on a slow connection. */
const lifetime = 60;

/** The forms that can be posted, and the pages that they are on. */
export const formPages = {
  login: "/login",
  signup: "/signup",
  "forgot-password": "/forgot-password",
  "reset-password": "/reset-password",
  "verify-email": "/verify-email",
  "confirm-email": "/confirm-email",
  "undo-email": "/undo-email",
  "login-email": "/login/email",
  "login-link": "/login/link",
  password: "/me/password",
  email: "/me/email",
  data: "/me/data",
  deletion: "/me/data",
} as const;

export type FormName = keyof typeof formPages;

const flashSchema = z.strictObject({
  form: z.enum(Object.keys(formPages) as [FormName, ...FormName[]]),
  /** A problem's code, or a word for what was done. */
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })),
  /** What was typed, without the password. */
  values: z.record(z.string(), z.string()),
  /** Unix milliseconds. */
  expires_at: z.int(),
});

export type Flash = z.output<typeof flashSchema>;

const checkFlash = (value: unknown) => flashSchema.safeParse(value).data;

/** Characters of a value that is kept: a cookie holds 4096 bytes. */
const maxValue = 254;
const kept = ["username", "email", "name", "proof"];

/** The Set-Cookie header that carries the outcome and the typed values over a redirect. */
export async function flashCookie(
  form: FormName,
  outcome: Problem | { code: string },
  fields: Record<string, string>,
  { config, keyring, now }: { config: Config; keyring: Keyring; now: number },
): Promise<string> {
  const values = Object.entries(fields).filter(
    ([name, value]) => kept.includes(name) && value.length <= maxValue,
  );
  const problem = outcome instanceof Problem ? outcome : undefined;
  const flash: Flash = {
    form,
    code: outcome.code,
    detail: problem?.message ?? "",
    errors: problem?.options.errors ?? [],
    values: Object.fromEntries(values),
    expires_at: now + lifetime * 1000,
  };
  const sealed = await seal(flash, "form flash", keyring);
  return setCookie(flashCookieName(config), sealed, { ...config.cookie, maxAge: lifetime });
}

/** What the latest post of `form` left in this browser, from its Cookie header. */
export async function openFlash(
  form: FormName,
  cookieHeader: string | null,
  { config, keyring, now }: { config: Config; keyring: Keyring; now: number },
): Promise<Flash | undefined> {
  for (const sealed of readCookies(cookieHeader, flashCookieName(config))) {
    const flash = await unseal(sealed, checkFlash, "form flash", keyring);
    if (flash && flash.form === form && flash.expires_at > now) return flash;
  }
  return undefined;
}
