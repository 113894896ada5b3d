/**
 * Every environment variable, validated once. Runs in Node.js and at the edge, so it imports
 * nothing that either of them lacks. docs/configuration.md describes each variable for people.
 */
import { z } from "zod";
import { appName } from "#lib/site.ts";
import { areCrossSite, covers, isPublicSuffix } from "./same-site.ts";

type Environment = Record<string, string | undefined>;

/** Stops the start: one sentence a wrong variable, and never the value of a secret. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

const seconds = (byDefault: number, min: number, max: number) => {
  const takes = `a whole number of seconds from ${min} to ${max}`;
  return z.coerce.number(takes).int(takes).min(min, takes).max(max, takes).default(byDefault);
};

const flag = (yes: string, no: string) =>
  z.enum([yes, no], `${yes} or ${no}`).transform((value) => value === yes);

const list = z.string().transform((value) => value.split(",").map((item) => item.trim()));

const origin = z
  .string()
  .refine(isOrigin, "an origin such as https://www.example.com, without a path")
  .transform((value) => new URL(value).origin);

function isOrigin(value: string): boolean {
  // The URL parser takes a * in a host name, and no browser sends one.
  if (!/^https?:[^*]+$/.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.href === `${url.origin}/`;
}

/** Plain http is for this machine only: whoever listens could lie about the answer. */
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

const random = "`openssl rand -base64 32` makes some";
const secret = z.string().min(32, `at least 32 characters; ${random}`);

/** libSQL in the clear is for this machine only: its token would travel along. */
const databaseUrl = z
  .string()
  .regex(
    /^(file:|(libsql|https|postgres|postgresql):\/\/|http:\/\/(localhost|127\.0\.0\.1)[:/])./,
    "file:.data/auth.db, libsql://… (Turso) or postgres://…",
  );

/** Variables whose values nobody shall read in a terminal. */
const secretNames = ["AUTH_SECRET", "DATABASE_AUTH_TOKEN", "CRON_SECRET", "CAPTCHA_SECRET"];

const url = z
  .string()
  .refine(
    (value) => /^https?:/.test(value) && URL.canParse(value),
    "an address such as https://captcha.example.com/siteverify",
  );

const smtpUrl = z
  .string()
  .refine(
    (value) => /^smtps?:\/\/[^/]/.test(value) && URL.canParse(value),
    "smtp://user:password@host:587 or smtps://…:465",
  );

/** RFC 5322 §3.4, without its rarer forms: an address, or a name and the address in angle brackets. */
const sender = z
  .string()
  .regex(
    /^([^<>\r\n,]{1,100}<[^<>\s,@]+@[^<>\s,@]+>|[^<>\s,@]+@[^<>\s,@]+)$/,
    `an address such as ${appName} <no-reply@example.com>`,
  );

const variables = z.object({
  NODE_ENV: z.string().default("development"),
  AUTH_SECRET: list.pipe(z.array(secret)).optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_AUTH_TOKEN: z.string().optional(),
  APP_URL: origin.optional(),
  NEXT_PUBLIC_API_HOST: origin.optional(),
  API_PROXY_TARGET: origin.optional(),
  ALLOWED_ORIGINS: list.pipe(z.array(origin)).default([]),
  JWT_COOKIE_NAME: z
    .string()
    .regex(/^[\w!#$%&'*+.^`|~-]{1,64}$/, "a cookie name: letters, digits, - and _")
    .default("refresh_token"),
  JWT_COOKIE_SECURE: flag("true", "false").optional(),
  JWT_COOKIE_SAMESITE: z.enum(["lax", "strict", "none"], "lax, strict or none").default("lax"),
  JWT_COOKIE_DOMAIN: z
    .string()
    .regex(/^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$/i, "a domain such as example.com")
    .optional(),
  ACCESS_TOKEN_LIFETIME: seconds(900, 1, 86_400),
  REFRESH_TOKEN_LIFETIME: seconds(1_209_600, 1, 34_560_000),
  SESSION_LIFETIME: seconds(7_776_000, 1, 315_360_000),
  REFRESH_TOKEN_MIN_AGE: seconds(60, 0, 3_600),
  REFRESH_GRACE_PERIOD: seconds(30, 0, 3_600),
  PASSWORD_MIN_LENGTH: z.coerce
    .number("a whole number from 1 to 256")
    .int("a whole number from 1 to 256")
    .min(1, "a whole number from 1 to 256")
    .max(256, "a whole number from 1 to 256")
    .default(8),
  BREACHED_PASSWORDS_URL: z
    .string()
    .refine(isServiceUrl, "an https URL such as https://api.pwnedpasswords.com/range/")
    .transform((value) => (value.endsWith("/") ? value : `${value}/`))
    .optional(),
  RATE_LIMITS: flag("on", "off").default(true),
  TRUSTED_PROXIES: list.pipe(z.array(network)).default([]),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: sender.optional(),
  PAGES_URL: origin.optional(),
  EMAIL_VERIFICATION: flag("required", "optional").default(false),
  EMAIL_LOGIN: flag("on", "off").default(false),
  CAPTCHA_SCRIPT_URL: url.optional(),
  CAPTCHA_VERIFY_URL: url.optional(),
  CAPTCHA_SITE_KEY: z.string().optional(),
  CAPTCHA_SECRET: z.string().optional(),
  CRON_SECRET: z.string().min(16, `at least 16 characters; ${random}`).optional(),
  PORT: z.string().default("3000"),
  VERCEL: z.string().optional(),
  VERCEL_ENV: z.string().optional(),
  VERCEL_URL: z.string().optional(),
  VERCEL_BRANCH_URL: z.string().optional(),
  VERCEL_PROJECT_PRODUCTION_URL: z.string().optional(),
});

type Variables = z.output<typeof variables>;

/** A captcha with the interface that Turnstile, hCaptcha and reCAPTCHA share. */
export interface Captcha {
  /** The provider's script for browsers. */
  scriptUrl: string;
  siteKey: string;
  verifyUrl: string;
  secret: string;
}

/** Lifetimes are seconds. `secrets` is newest first and never empty. */
export interface Config {
  production: boolean;
  secrets: [newest: string, ...older: string[]];
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  appUrl: string;
  /** Where these pages are: `appUrl`, and on Vercel the deployment's other addresses. */
  ownOrigins: string[];
  /** Exact origins that may call with credentials; `ownOrigins` are among them. */
  allowedOrigins: string[];
  /** The API's origin when these pages' browsers are to call it on another one; else "". */
  apiHost: string;
  /** The API's origin when these pages' server passes its requests on. */
  apiProxyTarget: string | undefined;
  /**
   * Whether this deployment can tell who its visitor is: the refresh cookie reaches it, and it has
   * the database. Where it is false the browser asks the API, and pages wait for its answer.
   */
  sessionsHere: boolean;
  cookie: {
    name: string;
    secure: boolean;
    sameSite: "lax" | "strict" | "none";
    domain: string | undefined;
  };
  accessTokenLifetime: number;
  refreshTokenLifetime: number;
  sessionLifetime: number;
  refreshTokenMinAge: number;
  refreshGracePeriod: number;
  passwordMinLength: number;
  /** Where to ask whether a new password has been in a data breach; ends with a slash. */
  breachedPasswordsUrl: string | undefined;
  rateLimits: boolean;
  trustedProxies: string[];
  /** How mail is sent: by SMTP, or into the mailbox at /dev/mail; undefined where it cannot be. */
  mail: { smtpUrl: string | undefined; from: string } | undefined;
  /** The origin of the pages that mail leads to. */
  pagesUrl: string;
  /** Whether nobody signs in before their address is verified. */
  emailVerificationRequired: boolean;
  /** Whether people may sign in by a mailed link or code. */
  emailLogin: boolean;
  /** What has to be solved after repeated failures to log in; undefined for nothing. */
  captcha: Captcha | undefined;
  /** What the scheduler that calls /api/cron has to know. */
  cronSecret: string | undefined;
  vercel: boolean;
}

/**
 * Reads and validates the configuration.
 * @throws {ConfigError} naming each wrong variable, what it was and what it takes
 */
export function readConfig(environment: Environment): Config {
  // An empty value means "not set": `.env` files are full of `NAME=`.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value));
  const parsed = variables.safeParse(given);
  if (!parsed.success) {
    const sentences = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const was = secretNames.includes(name) ? "too short" : quoted(given[name]);
      return `${name} is ${was}; it takes ${issue.message}.`;
    });
    throw new ConfigError([...new Set(sentences)].join("\n"));
  }
  const values = parsed.data;
  const [newest, ...older] = values.AUTH_SECRET ?? [];
  if (newest === undefined) {
    throw new ConfigError(
      `AUTH_SECRET is not set; it takes at least 32 random characters (${random}).`,
    );
  }

  const production = values.NODE_ENV === "production";
  const ownOrigins = [...new Set(values.APP_URL ? [values.APP_URL] : defaultOrigins(values))];
  const [appUrl = ""] = ownOrigins;
  const apiHost = values.NEXT_PUBLIC_API_HOST === appUrl ? "" : (values.NEXT_PUBLIC_API_HOST ?? "");
  const secure = values.JWT_COOKIE_SECURE ?? production;
  const settings: Config = {
    production,
    secrets: [newest, ...older],
    databaseUrl: values.DATABASE_URL ?? "file:.data/auth.db",
    databaseAuthToken: values.DATABASE_AUTH_TOKEN,
    appUrl,
    ownOrigins,
    allowedOrigins: [...new Set([...ownOrigins, ...values.ALLOWED_ORIGINS])],
    apiHost,
    apiProxyTarget: values.API_PROXY_TARGET,
    sessionsHere: hasSessions(values, apiHost),
    cookie: {
      name: cookieName(values, production && secure),
      secure,
      sameSite: values.JWT_COOKIE_SAMESITE,
      domain: values.JWT_COOKIE_DOMAIN,
    },
    accessTokenLifetime: values.ACCESS_TOKEN_LIFETIME,
    refreshTokenLifetime: values.REFRESH_TOKEN_LIFETIME,
    sessionLifetime: values.SESSION_LIFETIME,
    refreshTokenMinAge: values.REFRESH_TOKEN_MIN_AGE,
    refreshGracePeriod: values.REFRESH_GRACE_PERIOD,
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    breachedPasswordsUrl: values.BREACHED_PASSWORDS_URL,
    rateLimits: values.RATE_LIMITS,
    trustedProxies: values.TRUSTED_PROXIES,
    mail: mailOf(values, production),
    pagesUrl: values.PAGES_URL ?? appUrl,
    emailVerificationRequired: values.EMAIL_VERIFICATION,
    emailLogin: values.EMAIL_LOGIN,
    captcha: captchaOf(values),
    cronSecret: values.CRON_SECRET,
    vercel: values.VERCEL !== undefined,
  };
  const wrong = contradictions(settings);
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));
  return settings;
}

/** A value for people to recognise, without the password that may be inside. */
function quoted(value: string | undefined): string {
  return JSON.stringify(value?.replace(/(:\/\/[^:/@]*:)[^@]*@/, "$1…@"));
}

/** Values that are right by themselves and wrong together; above all what browsers drop silently. */
function contradictions(settings: Config): string[] {
  const { production, databaseUrl, appUrl, apiHost, apiProxyTarget, sessionsHere } = settings;
  const { name, secure, sameSite, domain } = settings.cookie;
  const plain = appUrl.startsWith("http:") && !isLoopback(appUrl);
  const foreign = settings.allowedOrigins.find(
    (other) => !settings.ownOrigins.includes(other) && areCrossSite(appUrl, other),
  );
  return [
    production &&
      plain &&
      `APP_URL is "${appUrl}"; in production it takes an https origin, because cookies and tokens would travel in the clear.`,
    settings.vercel &&
      sessionsHere &&
      databaseUrl.startsWith("file:") &&
      `DATABASE_URL is "${databaseUrl}"; on Vercel it takes a database server (postgres:// or libsql://), because a function's files do not outlive it.`,
    apiHost &&
      apiProxyTarget &&
      `API_PROXY_TARGET is "${apiProxyTarget}"; with NEXT_PUBLIC_API_HOST it takes no value, because browsers either call the API themselves or through these pages.`,
    production &&
      apiProxyTarget?.startsWith("http:") &&
      !isLoopback(apiProxyTarget) &&
      `API_PROXY_TARGET is "${apiProxyTarget}"; in production it takes an https origin, because passwords would travel in the clear.`,
    apiHost.startsWith("http:") &&
      appUrl.startsWith("https:") &&
      !isLoopback(apiHost) &&
      `NEXT_PUBLIC_API_HOST is "${apiHost}"; it takes an https origin, because browsers let no https page call plain http.`,
    sameSite === "none" &&
      !secure &&
      'JWT_COOKIE_SECURE is "false"; with JWT_COOKIE_SAMESITE=none it takes true, because browsers drop such a cookie otherwise.',
    secure &&
      plain &&
      !production &&
      `JWT_COOKIE_SECURE is "true"; with APP_URL=${appUrl} it takes false, because browsers drop secure cookies that come over plain http.`,
    sameSite !== "none" &&
      foreign &&
      !isLoopback(appUrl) &&
      `JWT_COOKIE_SAMESITE is "${sameSite}"; with ${foreign} in ALLOWED_ORIGINS it takes none, because browsers send no other cookie from there to ${appUrl}. Or let those pages use API_PROXY_TARGET.`,
    domain !== undefined &&
      (!covers(domain, appUrl) || isPublicSuffix(domain)) &&
      `JWT_COOKIE_DOMAIN is "${domain}"; it takes a domain of your own that ${new URL(appUrl).hostname} belongs to, because browsers drop the cookie otherwise.`,
    /^__Host-/i.test(name) &&
      (!secure || domain !== undefined) &&
      `JWT_COOKIE_NAME is "${name}"; a name with __Host- takes JWT_COOKIE_SECURE=true and no JWT_COOKIE_DOMAIN, because browsers drop the cookie otherwise.`,
    production &&
      settings.pagesUrl !== appUrl &&
      settings.pagesUrl.startsWith("http:") &&
      !isLoopback(settings.pagesUrl) &&
      `PAGES_URL is "${settings.pagesUrl}"; in production it takes an https origin, because mailed links would travel in the clear.`,
    sessionsHere &&
      !settings.mail &&
      settings.emailVerificationRequired &&
      'EMAIL_VERIFICATION is "required"; without SMTP_URL it takes optional, because nobody could ever sign in.',
    sessionsHere &&
      !settings.mail &&
      settings.emailLogin &&
      'EMAIL_LOGIN is "on"; without SMTP_URL it takes off, because no link would arrive.',
    settings.mail?.smtpUrl &&
      settings.mail.from === "" &&
      `MAIL_FROM is not set; with SMTP_URL it takes an address such as ${appName} <no-reply@example.com>.`,
    /^__Secure-/i.test(name) &&
      !secure &&
      `JWT_COOKIE_NAME is "${name}"; a name with __Secure- takes JWT_COOKIE_SECURE=true, because browsers drop the cookie otherwise.`,
  ].filter((sentence): sentence is string => Boolean(sentence));
}

/**
 * On Vercel a deployment has an address of its own and one for its branch, and production has its
 * domain; `next dev` and `next start` set PORT to theirs.
 */
function defaultOrigins(values: Variables): [string, ...string[]] {
  const { VERCEL_ENV, VERCEL_PROJECT_PRODUCTION_URL, VERCEL_URL, VERCEL_BRANCH_URL } = values;
  const domain = VERCEL_ENV === "production" ? VERCEL_PROJECT_PRODUCTION_URL : undefined;
  const [first, ...others] = [domain, VERCEL_URL, VERCEL_BRANCH_URL]
    .filter((host) => host !== undefined)
    .map((host) => `https://${host}`);
  return [first ?? `http://localhost:${values.PORT}`, ...others];
}

function captchaOf(values: Variables): Captcha | undefined {
  const {
    CAPTCHA_SCRIPT_URL: scriptUrl,
    CAPTCHA_SITE_KEY: siteKey,
    CAPTCHA_VERIFY_URL: verifyUrl,
    CAPTCHA_SECRET: secret,
  } = values;
  if (scriptUrl && siteKey && verifyUrl && secret) return { scriptUrl, siteKey, verifyUrl, secret };
  if (!scriptUrl && !siteKey && !verifyUrl && !secret) return undefined;
  throw new ConfigError(
    "CAPTCHA_SCRIPT_URL, CAPTCHA_SITE_KEY, CAPTCHA_VERIFY_URL and CAPTCHA_SECRET are not all set; a captcha takes all four, or none.",
  );
}

function mailOf({ SMTP_URL, MAIL_FROM = "" }: Variables, production: boolean): Config["mail"] {
  return SMTP_URL || !production ? { smtpUrl: SMTP_URL, from: MAIL_FROM } : undefined;
}

function hasSessions(values: Variables, apiHost: string): boolean {
  const { DATABASE_URL, API_PROXY_TARGET, JWT_COOKIE_DOMAIN: domain } = values;
  if (!apiHost && !API_PROXY_TARGET) return true;
  const seesCookie = !apiHost || (domain !== undefined && covers(domain, apiHost));
  return seesCookie && DATABASE_URL !== undefined;
}

/**
 * The __Host- prefix makes the browser refuse a cookie that a sibling subdomain plants, but it
 * forbids a Domain (RFC 6265bis §4.1.3.2). A name that someone chose is left as it is.
 */
function cookieName(values: Variables, prefixable: boolean): string {
  const plain =
    values.JWT_COOKIE_NAME !== "refresh_token" ||
    values.JWT_COOKIE_SAMESITE === "none" ||
    values.JWT_COOKIE_DOMAIN !== undefined;
  return prefixable && !plain ? "__Host-refresh_token" : values.JWT_COOKIE_NAME;
}

/** Whether this deployment answers for the API itself: sessions are here, and nothing is passed on. */
export function isApiHere({ sessionsHere, apiProxyTarget }: Config): boolean {
  return sessionsHere && !apiProxyTarget;
}

/** Whether `origin` is this machine, where plain http is safe (Secure Contexts §3.1). */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

let current: Config | undefined;

/** The configuration of this process, read at the first call. @throws {ConfigError} */
export function config(): Config {
  // NODE_ENV by its name: Next writes its value into the edge bundle, which has no such variable.
  current ??= readConfig({ ...process.env, NODE_ENV: process.env.NODE_ENV });
  return current;
}
