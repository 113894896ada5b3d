/**
 * Every environment variable, validated once. Runs in Node.js and at the edge, so it imports
 * nothing that either of them lacks. docs/configuration.md describes each variable for people.
 */
import { z } from "zod";

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

const network = z
  .string()
  .regex(/^[0-9a-f:.]+(\/\d{1,3})?$/i, "addresses or networks such as 10.0.0.1 or 10.0.0.0/8");

const secret = z.string().min(32, "at least 32 characters; `openssl rand -base64 32` makes some");

const variables = z.object({
  NODE_ENV: z.string().default("development"),
  AUTH_SECRET: list.pipe(z.array(secret)).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^file:./, "a file such as file:.data/auth.db")
    .default("file:.data/auth.db"),
  APP_URL: origin.optional(),
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
  RATE_LIMITS: flag("on", "off").default(true),
  TRUSTED_PROXIES: list.pipe(z.array(network)).default([]),
  PORT: z.string().default("3000"),
  VERCEL: z.string().optional(),
  VERCEL_ENV: z.string().optional(),
  VERCEL_URL: z.string().optional(),
  VERCEL_PROJECT_PRODUCTION_URL: z.string().optional(),
});

type Variables = z.output<typeof variables>;

/** Lifetimes are seconds. `secrets` is newest first and never empty. */
export interface Config {
  production: boolean;
  secrets: [newest: string, ...older: string[]];
  databaseUrl: string;
  appUrl: string;
  /** Exact origins that may call with credentials; `appUrl` is one of them. */
  allowedOrigins: string[];
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
  rateLimits: boolean;
  trustedProxies: string[];
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
      const was = name === "AUTH_SECRET" ? "too short" : JSON.stringify(given[name]);
      return `${name} is ${was}; it takes ${issue.message}.`;
    });
    throw new ConfigError([...new Set(sentences)].join("\n"));
  }

  const values = parsed.data;
  const production = values.NODE_ENV === "production";
  const vercel = values.VERCEL !== undefined;
  const appUrl = values.APP_URL ?? defaultAppUrl(values);
  const secure = values.JWT_COOKIE_SECURE ?? production;
  const [newest, ...older] = values.AUTH_SECRET ?? [];

  if (newest === undefined) {
    throw new ConfigError(
      "AUTH_SECRET is not set; it takes at least 32 random characters (`openssl rand -base64 32` makes some).",
    );
  }
  const wrong = [
    production &&
      appUrl.startsWith("http:") &&
      !isLoopback(appUrl) &&
      `APP_URL is "${appUrl}"; in production it takes an https origin, because cookies and tokens would travel in the clear.`,
    vercel &&
      values.DATABASE_URL.startsWith("file:") &&
      `DATABASE_URL is "${values.DATABASE_URL}"; on Vercel it takes a database server, because a function's files do not outlive it.`,
    values.JWT_COOKIE_SAMESITE === "none" &&
      !secure &&
      'JWT_COOKIE_SECURE is "false"; with JWT_COOKIE_SAMESITE=none it takes true, because browsers drop such a cookie otherwise.',
  ].filter((sentence) => sentence !== false);
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));

  return {
    production,
    secrets: [newest, ...older],
    databaseUrl: values.DATABASE_URL,
    appUrl,
    allowedOrigins: [...new Set([appUrl, ...values.ALLOWED_ORIGINS])],
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
    rateLimits: values.RATE_LIMITS,
    trustedProxies: values.TRUSTED_PROXIES,
    vercel,
  };
}

/** On Vercel a preview has its own address; `next dev` and `next start` set PORT to theirs. */
function defaultAppUrl(values: Variables): string {
  const host =
    values.VERCEL_ENV === "production" ? values.VERCEL_PROJECT_PRODUCTION_URL : values.VERCEL_URL;
  return host ? `https://${host}` : `http://localhost:${values.PORT}`;
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

/** Whether `origin` is this machine, where plain http is safe (Secure Contexts §3.1). */
export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

let current: Config | undefined;

/** The configuration of this process, read at the first call. @throws {ConfigError} */
export function config(): Config {
  current ??= readConfig(process.env);
  return current;
}
