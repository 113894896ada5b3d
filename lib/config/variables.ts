/** What each environment variable accepts, by itself. */
import { z } from "zod";
import { appName } from "#lib/site.ts";
import {
  type Environment,
  isLoopback,
  lifetimes,
  passwordLength,
  sameSites,
  switches,
} from "./index.ts";

const random = "`openssl rand -base64 32` makes some";

/** Variables whose values must not appear in a terminal or a log. */
const secretNames = ["AUTH_SECRET", "DATABASE_AUTH_TOKEN", "CRON_SECRET", "CAPTCHA_SECRET"];

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

/** Plain http only on this machine: elsewhere an attacker on the network could forge the response. */
function isServiceUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, origin, username, search, hash } = new URL(value);
  if (username || search || hash) return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(origin));
}

const network = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  "addresses or networks such as 10.0.0.1 or 10.0.0.0/8",
);

const captchaUrl = z
  .string()
  .refine(
    (value) => /^https?:/.test(value) && URL.canParse(value),
    "an address such as https://captcha.example.com/siteverify",
  );

const variables = z
  .object({
    AUTH_SECRET: listOf(z.string().min(32, `at least 32 characters; ${random}`)),
    DATABASE_URL: z.string().regex(
      // libSQL in plain text only on this machine, because its token would travel along.
      /^(file:|(libsql|https|postgres|postgresql):\/\/|http:\/\/(localhost|127\.0\.0\.1)[:/])./,
      "file:.data/auth.db, libsql://… (Turso) or postgres://…",
    ),
    APP_URL: origin,
    NEXT_PUBLIC_API_HOST: origin,
    API_PROXY_TARGET: origin,
    ALLOWED_ORIGINS: listOf(origin),
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
      .refine(
        (value) => /^smtps?:\/\/[^/]/.test(value) && URL.canParse(value),
        "smtp://user:password@host:587 or smtps://…:465",
      ),
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
    CRON_SECRET: z.string().min(16, `at least 16 characters; ${random}`),
  })
  .partial();

/** Returns a sentence for each variable with a wrong value: its name, the value, what it takes. */
export function wrongVariables(environment: Environment): string[] {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const sentences = variables.safeParse(given).error?.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const was = secretNames.includes(name) ? "too short" : quoted(given[name]);
    return `${name} is ${was}; it takes ${message}.`;
  });
  return [...new Set(sentences)];
}

/** A value that its author recognises, without the password that a URL may contain. */
function quoted(value: string | undefined): string {
  return JSON.stringify(value?.replace(/(:\/\/[^:/@]*:)[^@]*@/, "$1…@"));
}
