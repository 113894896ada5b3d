/**
 * The configuration, read from environment variables. It runs at the edge as well, so it imports
 * nothing from Node, and neither zod nor the checks: check.ts validates the environment once, when
 * the process starts. docs/configuration.md describes each variable.
 */
import { type Cookie, readCookie } from "./cookie.ts";
import { covers } from "./same-site.ts";

export type Environment = Record<string, string | undefined>;

/** Stops the start. One sentence for each wrong variable, never with the value of a secret. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Seconds: each default, and the range that variables.ts accepts. */
export const lifetimes = {
  ACCESS_TOKEN_LIFETIME: { byDefault: 15 * minute, min: 1, max: day },
  REFRESH_TOKEN_LIFETIME: { byDefault: 14 * day, min: 1, max: 400 * day },
  BROWSER_SESSION_LIFETIME: { byDefault: 12 * hour, min: 1, max: 400 * day },
  SESSION_LIFETIME: { byDefault: 90 * day, min: 1, max: 3650 * day },
  REFRESH_TOKEN_MIN_AGE: { byDefault: minute, min: 0, max: hour },
  REFRESH_GRACE_PERIOD: { byDefault: minute / 2, min: 0, max: hour },
};

/** Characters: the default, and the range that variables.ts accepts. */
export const passwordLength = { byDefault: 8, min: 1, max: 256 };

/** Variables that take one of two words: the one for yes, and the one for no. */
export const switches = {
  JWT_COOKIE_SECURE: ["true", "false"],
  RATE_LIMITS: ["on", "off"],
  EMAIL_VERIFICATION: ["required", "optional"],
  EMAIL_LOGIN: ["on", "off"],
} as const;

/** The interface that Turnstile, hCaptcha and reCAPTCHA share. */
export interface Captcha {
  /** The provider's script for browsers. */
  scriptUrl: string;
  siteKey: string;
  verifyUrl: string;
  secret: string;
}

/** Lifetimes are seconds. */
export interface Config {
  production: boolean;
  /** Newest first. A Keyring is created from them; nothing else uses them. */
  secrets: [newest: string, ...older: string[]];
  databaseUrl: string;
  databaseAuthToken: string | undefined;
  /** The Postgres schema of all tables; undefined for the connection's own, usually `public`. */
  databaseSchema: string | undefined;
  appUrl: string;
  /** The origins of these pages: `appUrl`, and on Vercel the deployment's other addresses. */
  ownOrigins: string[];
  /** Exact origins that may call with credentials, `ownOrigins` included. */
  allowedOrigins: string[];
  /** The API's origin if these pages' browsers call it on another one, or "". */
  apiHost: string;
  /** The API's origin if these pages' server forwards requests to it. */
  apiProxyTarget: string | undefined;
  /**
   * Whether this deployment can tell who its visitor is: it receives the refresh cookie and has the
   * database. Where it cannot, the browser asks the API, and pages wait for the response.
   */
  sessionsHere: boolean;
  cookie: Cookie;
  accessTokenLifetime: number;
  refreshTokenLifetime: number;
  /** As `refreshTokenLifetime`, for sessions whose user does not want to be kept signed in. */
  browserSessionLifetime: number;
  sessionLifetime: number;
  refreshTokenMinAge: number;
  refreshGracePeriod: number;
  passwordMinLength: number;
  /** The range API that knows passwords from data breaches; ends with a slash. */
  breachedPasswordsUrl: string | undefined;
  rateLimits: boolean;
  /** The values of RATE_LIMIT_*, by what follows the underscore (lib/auth/guard/limit-settings.ts). */
  rateLimitSettings: Readonly<Record<string, string>>;
  trustedProxies: string[];
  /**
   * How email is sent: by SMTP, or without `smtpUrl` into the mailbox at /dev/mail. Undefined where
   * no email can be sent.
   */
  mail: { smtpUrl: string | undefined; from: string } | undefined;
  /** The origin of the pages that emailed links lead to. */
  pagesUrl: string;
  /** Whether users have to verify their address before they sign in. */
  emailVerificationRequired: boolean;
  /** Whether users may sign in by an emailed link or code. */
  emailLogin: boolean;
  /** The captcha to solve after repeated failures to sign in. */
  captcha: Captcha | undefined;
  /** The secret of the scheduler that calls /api/cron. */
  cronSecret: string | undefined;
  vercel: boolean;
}

/**
 * Reads the configuration. It does not validate: what checkConfig (check.ts) refuses has no meaning
 * here.
 * @throws {ConfigError} without AUTH_SECRET
 */
export function readConfig(environment: Environment): Config {
  // An empty value counts as not set, because `.env` files are full of `NAME=`.
  const text = (name: string) => environment[name] || undefined;
  const list = (name: string) =>
    (text(name) ?? "")
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean);
  const origin = (name: string) => {
    const url = text(name);
    return url && originOf(url);
  };
  const seconds = (name: keyof typeof lifetimes) => Number(text(name) ?? lifetimes[name].byDefault);
  const isOn = (name: keyof typeof switches, byDefault: boolean) =>
    (text(name) ?? switches[name][byDefault ? 0 : 1]) === switches[name][0];

  const [newest, ...older] = list("AUTH_SECRET");
  if (newest === undefined) {
    throw new ConfigError(
      "AUTH_SECRET is not set; it takes at least 32 random characters (`openssl rand -base64 32` makes some).",
    );
  }
  const production = text("NODE_ENV") === "production";
  // `npm run dev -- -H 0.0.0.0` names the addresses at which other devices see the pages.
  const networkOrigins = (production ? [] : list("DEVELOPMENT_HOSTS")).map(
    (host) => `http://${host}:${text("PORT") ?? "3000"}`,
  );
  const ownOrigins = [
    ...new Set([origin("APP_URL") ?? defaultOrigins(text), networkOrigins].flat()),
  ];
  const [appUrl = ""] = ownOrigins;
  const otherApi = origin("NEXT_PUBLIC_API_HOST") ?? "";
  const apiHost = otherApi === appUrl ? "" : otherApi;
  const apiProxyTarget = origin("API_PROXY_TARGET");
  const cookie = readCookie({
    production,
    appUrl,
    name: text("JWT_COOKIE_NAME"),
    secure: text("JWT_COOKIE_SECURE") === undefined ? undefined : isOn("JWT_COOKIE_SECURE", true),
    sameSite: text("JWT_COOKIE_SAMESITE"),
    domain: text("JWT_COOKIE_DOMAIN"),
  });
  const smtpUrl = text("SMTP_URL");
  return {
    production,
    secrets: [newest, ...older],
    databaseUrl: text("DATABASE_URL") ?? "file:.data/auth.db",
    databaseAuthToken: text("DATABASE_AUTH_TOKEN"),
    databaseSchema: text("DATABASE_SCHEMA"),
    appUrl,
    ownOrigins,
    allowedOrigins: [...new Set([...ownOrigins, ...list("ALLOWED_ORIGINS").map(originOf)])],
    apiHost,
    apiProxyTarget,
    sessionsHere: hasSessions(text, apiHost),
    cookie,
    accessTokenLifetime: seconds("ACCESS_TOKEN_LIFETIME"),
    refreshTokenLifetime: seconds("REFRESH_TOKEN_LIFETIME"),
    browserSessionLifetime: seconds("BROWSER_SESSION_LIFETIME"),
    sessionLifetime: seconds("SESSION_LIFETIME"),
    refreshTokenMinAge: seconds("REFRESH_TOKEN_MIN_AGE"),
    refreshGracePeriod: seconds("REFRESH_GRACE_PERIOD"),
    passwordMinLength: Number(text("PASSWORD_MIN_LENGTH") ?? passwordLength.byDefault),
    breachedPasswordsUrl: text("BREACHED_PASSWORDS_URL")?.replace(/\/?$/, "/"),
    rateLimits: isOn("RATE_LIMITS", true),
    rateLimitSettings: startingWith("RATE_LIMIT_", environment),
    trustedProxies: list("TRUSTED_PROXIES"),
    mail: smtpUrl || !production ? { smtpUrl, from: text("MAIL_FROM") ?? "" } : undefined,
    pagesUrl: origin("PAGES_URL") ?? appUrl,
    emailVerificationRequired: isOn("EMAIL_VERIFICATION", false),
    emailLogin: isOn("EMAIL_LOGIN", false),
    captcha: readCaptcha(text),
    cronSecret: text("CRON_SECRET"),
    vercel: text("VERCEL") !== undefined,
  };
}

type Read = (name: string) => string | undefined;

/** The variables that start with `prefix`, by the rest of their names. */
function startingWith(prefix: string, environment: Environment): Record<string, string> {
  const found = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith(prefix) && value ? [[name.slice(prefix.length), value]] : [],
  );
  return Object.fromEntries(found);
}

/**
 * The origin as browsers write it in the `Origin` header. The URL standard has none for schemes of
 * its own, such as `capacitor://localhost`; WebViews send the URL itself.
 */
function originOf(url: string): string {
  const { origin, protocol, host } = new URL(url);
  return origin === "null" ? `${protocol}//${host}` : origin;
}

function hasSessions(text: Read, apiHost: string): boolean {
  if (!apiHost && !text("API_PROXY_TARGET")) return true;
  const domain = text("JWT_COOKIE_DOMAIN");
  const receivesCookie = !apiHost || (domain !== undefined && covers(domain, apiHost));
  return receivesCookie && text("DATABASE_URL") !== undefined;
}

/**
 * On Vercel a deployment has an address of its own and one for its branch, and production has its
 * domain. Elsewhere `next dev` and `next start` set PORT to theirs.
 */
function defaultOrigins(text: Read): string[] {
  const domain =
    text("VERCEL_ENV") === "production" ? text("VERCEL_PROJECT_PRODUCTION_URL") : undefined;
  const hosts = [domain, text("VERCEL_URL"), text("VERCEL_BRANCH_URL")].filter(Boolean);
  return hosts.length > 0
    ? hosts.map((host) => `https://${host}`)
    : [`http://localhost:${text("PORT") ?? "3000"}`];
}

/** All four variables, or undefined; contradictions.ts refuses fewer than four. */
function readCaptcha(text: Read): Captcha | undefined {
  const scriptUrl = text("CAPTCHA_SCRIPT_URL");
  const siteKey = text("CAPTCHA_SITE_KEY");
  const verifyUrl = text("CAPTCHA_VERIFY_URL");
  const secret = text("CAPTCHA_SECRET");
  return scriptUrl && siteKey && verifyUrl && secret
    ? { scriptUrl, siteKey, verifyUrl, secret }
    : undefined;
}

/** Whether this deployment serves the API itself: it has the sessions and forwards nothing. */
export function isApiHere({ sessionsHere, apiProxyTarget }: Config): boolean {
  return sessionsHere && !apiProxyTarget;
}

/** Whether to offer what needs email. Where the API is elsewhere, only that deployment knows. */
export function canSendEmail(settings: Config): boolean {
  return settings.mail !== undefined || !isApiHere(settings);
}

/**
 * Whether the host of `url` is this machine by name, where a connection in plain text is safe (Secure
 * Contexts §3.1). Another name that happens to resolve to it is not: whoever answers the next lookup
 * decides where it leads.
 */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

let current: Config | undefined;

/** The configuration of this process, read on the first call. @throws {ConfigError} */
export function config(): Config {
  // NODE_ENV by its name: Next writes its value into the edge bundle, which has no such variable.
  current ??= readConfig({ ...process.env, NODE_ENV: process.env.NODE_ENV });
  return current;
}
