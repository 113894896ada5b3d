/** What each environment variable accepts, by itself. */
import { z } from "zod";
import { appName } from "#lib/site.ts";
import { sameSites } from "./cookie.ts";
import { type Environment, isLoopback, lifetimes, passwordLength, switches } from "./index.ts";
import { isReadable, readableUrl, shown } from "./url-values.ts";

const random = "`openssl rand -base64 32` makes some";

interface Range {
  min: number;
  max: number;
}

function wholeNumber({ min, max }: Range, unit: "" | "of seconds ") {
  const takes = `a whole number ${unit}from ${min} to ${max}`;
  return z.coerce.number(takes).int(takes).min(min, takes).max(max, takes);
}

const seconds = (range: Range) => wholeNumber(range, "of seconds ");

const oneOf = ([yes, no]: readonly [string, string]) => z.enum([yes, no], `${yes} or ${no}`);

const listOf = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((value) => value.split(",").map((each) => each.trim()))
    .pipe(z.array(item));

const origin = z
  .string()
  .refine(isOrigin, "an origin such as https://www.example.com, without a path");

function isOrigin(value: string): boolean {
  // The URL parser accepts a * in a host name, and no browser sends one.
  if (!/^https?:[^*]+$/.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.href === `${url.origin}/`;
}

/**
 * Origins of apps in a WebView, whose pages have a scheme of their own: `capacitor://localhost`. Not
 * `file:`, which every file on a device shares.
 */
const appOrigin = /^(?!https?:|file:)[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+$/;

const callingOrigin = z
  .string()
  .refine(
    (value) => isOrigin(value) || appOrigin.test(value),
    "origins such as https://www.example.com or capacitor://localhost, without a path",
  );

/** Plain http only on this machine: elsewhere an attacker on the network could forge the response. */
function isEncrypted(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol } = new URL(value);
  return protocol === "https:" || (protocol === "http:" && isLoopback(value));
}

function isServiceUrl(value: string): boolean {
  if (!isEncrypted(value)) return false;
  const { username, search, hash } = new URL(value);
  return !username && !search && !hash;
}

const network = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  "addresses or networks such as 10.0.0.1 or 10.0.0.0/8",
);

const captchaUrl = z
  .string()
  .refine(isEncrypted, "an https URL such as https://captcha.example.com/siteverify");

const variables = z
  .object({
    AUTH_SECRET: listOf(z.string().min(32, `at least 32 characters; ${random}`)),
    DATABASE_URL: z
      .string()
      .regex(
        // libSQL in plain text only on this machine, because its token would travel along.
        /^(file:|(libsql|https|postgres|postgresql):\/\/|http:\/\/(localhost|127\.0\.0\.1)[:/])./,
        { error: "file:.data/auth.db, libsql://… (Turso) or postgres://…", abort: true },
      )
      .refine((value) => value.startsWith("file:") || isReadable(value), readableUrl),
    DATABASE_AUTH_TOKEN: z.string(),
    DATABASE_SCHEMA: z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,62}$/, "lowercase letters, digits and _, such as auth"),
    APP_URL: origin,
    NEXT_PUBLIC_API_HOST: origin,
    API_PROXY_TARGET: origin,
    ALLOWED_ORIGINS: listOf(callingOrigin),
    JWT_COOKIE_NAME: z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]{1,64}$/, "a cookie name: letters, digits, - and _"),
    JWT_COOKIE_SECURE: oneOf(switches.JWT_COOKIE_SECURE),
    JWT_COOKIE_SAMESITE: z.enum(sameSites, "lax, strict or none"),
    JWT_COOKIE_DOMAIN: z
      .string()
      .regex(/^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$/i, "a domain such as example.com"),
    ACCESS_TOKEN_LIFETIME: seconds(lifetimes.ACCESS_TOKEN_LIFETIME),
    REFRESH_TOKEN_LIFETIME: seconds(lifetimes.REFRESH_TOKEN_LIFETIME),
    BROWSER_SESSION_LIFETIME: seconds(lifetimes.BROWSER_SESSION_LIFETIME),
    SESSION_LIFETIME: seconds(lifetimes.SESSION_LIFETIME),
    REFRESH_TOKEN_MIN_AGE: seconds(lifetimes.REFRESH_TOKEN_MIN_AGE),
    REFRESH_GRACE_PERIOD: seconds(lifetimes.REFRESH_GRACE_PERIOD),
    PASSWORD_MIN_LENGTH: wholeNumber(passwordLength, ""),
    BREACHED_PASSWORDS_URL: z
      .string()
      .refine(isServiceUrl, "an https URL such as https://api.pwnedpasswords.com/range/"),
    RATE_LIMITS: oneOf(switches.RATE_LIMITS),
    TRUSTED_PROXIES: listOf(network),
    SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\/[^/]/, {
        error: "smtp://user:password@host:587 or smtps://…:465",
        abort: true,
      })
      .refine(isReadable, readableUrl),
    MAIL_FROM: z.string().regex(
      // RFC 5322 §3.4 without its rarer forms: an address, or a name and an address in brackets.
      /^([^<>\r\n,]{1,100}<[^<>\s,@]+@[^<>\s,@]+>|[^<>\s,@]+@[^<>\s,@]+)$/,
      `an address such as ${appName} <no-reply@example.com>`,
    ),
    PAGES_URL: origin,
    EMAIL_VERIFICATION: oneOf(switches.EMAIL_VERIFICATION),
    EMAIL_LOGIN: oneOf(switches.EMAIL_LOGIN),
    CAPTCHA_SCRIPT_URL: captchaUrl,
    CAPTCHA_VERIFY_URL: captchaUrl,
    CAPTCHA_SITE_KEY: z.string(),
    CAPTCHA_SECRET: z.string(),
    CRON_SECRET: z.string().min(16, `at least 16 characters; ${random}`),
  })
  .partial();

/** The names of all variables that mean something here. */
export const knownVariables: readonly string[] = [...Object.keys(variables.shape), "NODE_ENV"];

/** Returns a sentence for each variable with a wrong value: its name, and what it takes. */
export function wrongVariables(environment: Environment): string[] {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const sentences = variables.safeParse(given).error?.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const value = shown(given[name] ?? "");
    const was = value === undefined ? "has a wrong value" : `is ${JSON.stringify(value)}`;
    return `${name} ${was}; it takes ${message}.`;
  });
  return [...new Set(sentences)];
}
