import { describe, expect, test } from "vitest";
import { checkConfig } from "#lib/config/check.ts";
import { ConfigError, readConfig } from "#lib/config/index.ts";
import { knownVariables } from "#lib/config/variables.ts";

const AUTH_SECRET = "s".repeat(32);
const read = (environment: Record<string, string>) => checkConfig({ AUTH_SECRET, ...environment });

/** What `run` throws, or "". */
function messageOf(run: () => unknown): string {
  try {
    run();
    return "";
  } catch (error) {
    return String((error as Error).message);
  }
}

const production = { NODE_ENV: "production", APP_URL: "https://www.example.com" };

describe("by default", () => {
  test("every setting has its documented value", () => {
    expect(read({})).toEqual({
      production: false,
      secrets: [AUTH_SECRET],
      databaseUrl: "file:.data/auth.db",
      databaseAuthToken: undefined,
      databaseSchema: undefined,
      appUrl: "http://localhost:3000",
      ownOrigins: ["http://localhost:3000"],
      allowedOrigins: ["http://localhost:3000"],
      apiHost: "",
      apiProxyTarget: undefined,
      sessionsHere: true,
      cookie: {
        name: "refresh_token",
        formerName: undefined,
        secure: false,
        sameSite: "lax",
        domain: undefined,
      },
      accessTokenLifetime: 900,
      refreshTokenLifetime: 1_209_600,
      browserSessionLifetime: 43_200,
      sessionLifetime: 7_776_000,
      refreshTokenMinAge: 60,
      refreshGracePeriod: 30,
      passwordMinLength: 8,
      breachedPasswordsUrl: undefined,
      rateLimits: true,
      rateLimitSettings: {},
      trustedProxies: [],
      mail: { smtpUrl: undefined, from: "" },
      pagesUrl: "http://localhost:3000",
      emailVerificationRequired: false,
      emailLogin: false,
      captcha: undefined,
      cronSecret: undefined,
      vercel: false,
    });
  });

  test("an empty value counts as not set", () => {
    expect(read({ APP_URL: "", ACCESS_TOKEN_LIFETIME: "", JWT_COOKIE_DOMAIN: "" })).toEqual(
      read({}),
    );
  });

  test("APP_URL follows PORT", () => {
    expect(read({ PORT: "4000" }).appUrl).toBe("http://localhost:4000");
  });
});

describe("the cookie", () => {
  test("is secure and takes the __Host- prefix in production", () => {
    expect(read(production).cookie).toMatchObject({ name: "__Host-refresh_token", secure: true });
  });

  // red team 19
  test.each<[string, Record<string, string>, string, string | undefined]>([
    [
      "has a Domain",
      { JWT_COOKIE_DOMAIN: "example.com" },
      "__Secure-refresh_token",
      "refresh_token",
    ],
    [
      "is for other sites",
      { JWT_COOKIE_SAMESITE: "none" },
      "__Host-refresh_token",
      "refresh_token",
    ],
    ["is not secure", { JWT_COOKIE_SECURE: "false" }, "refresh_token", undefined],
    ["was given a name", { JWT_COOKIE_NAME: "session" }, "session", undefined],
    [
      "was given its own name",
      { JWT_COOKIE_NAME: "refresh_token" },
      "__Host-refresh_token",
      undefined,
    ],
  ])("takes its name and reads a former one when it %s", (_, environment, name, formerName) => {
    expect(read({ ...production, ...environment }).cookie).toMatchObject({ name, formerName });
  });

  // case: teamhanko/hanko#2471. Safari drops it otherwise.
  test("is not secure over plain http, unless it is for other sites or JWT_COOKIE_SECURE says so", () => {
    const local = { NODE_ENV: "production", APP_URL: "http://localhost:3000" };
    expect(read(local).cookie).toMatchObject({
      name: "refresh_token",
      formerName: "__Host-refresh_token",
      secure: false,
    });
    expect(read({ ...local, JWT_COOKIE_SAMESITE: "none" }).cookie.secure).toBe(true);
    expect(read({ ...local, JWT_COOKIE_SECURE: "true" }).cookie).toMatchObject({
      name: "__Host-refresh_token",
      formerName: undefined,
    });
  });
});

describe("a wrong value", () => {
  test.each<[string, string]>([
    ["ACCESS_TOKEN_LIFETIME", "soon"],
    ["ACCESS_TOKEN_LIFETIME", "0"],
    ["ACCESS_TOKEN_LIFETIME", "1.5"],
    ["REFRESH_TOKEN_LIFETIME", "-1"],
    ["SESSION_LIFETIME", "forever"],
    ["REFRESH_TOKEN_MIN_AGE", "-1"],
    ["REFRESH_GRACE_PERIOD", "1e9"],
    ["PASSWORD_MIN_LENGTH", "0"],
    ["BREACHED_PASSWORDS_URL", "on"],
    ["BREACHED_PASSWORDS_URL", "http://breaches.example/range/"],
    ["BREACHED_PASSWORDS_URL", "https://breaches.example/range/?prefix="],
    ["RATE_LIMITS", "maybe"],
    ["JWT_COOKIE_SECURE", "yes"],
    ["JWT_COOKIE_SAMESITE", "Lax!"],
    ["JWT_COOKIE_NAME", "a b"],
    ["JWT_COOKIE_DOMAIN", "localhost"],
    ["APP_URL", "www.example.com"],
    ["APP_URL", "https://www.example.com/app"],
    ["ALLOWED_ORIGINS", "*"],
    ["ALLOWED_ORIGINS", "https://a.example,https://*.example"],
    ["ALLOWED_ORIGINS", "null"],
    ["ALLOWED_ORIGINS", "file://localhost"],
    ["ALLOWED_ORIGINS", "capacitor://localhost/index.html"],
    ["DATABASE_URL", "mysql://localhost"],
    ["DATABASE_SCHEMA", "My Schema"],
    ["CAPTCHA_VERIFY_URL", "http://captcha.example.com/siteverify"],
    ["CAPTCHA_SCRIPT_URL", "http://captcha.example.com/script.js"],
    ["TRUSTED_PROXIES", "my-proxy"],
    ["TRUSTED_PROXIES", "abc"],
    ["TRUSTED_PROXIES", "1.2.3"],
    ["TRUSTED_PROXIES", "10.0.0.0/33"],
    ["TRUSTED_PROXIES", "127.0.0.1,2001:db8::/129"],
  ])("of %s, %j, throws a sentence that names it", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(ConfigError);
    expect(() => read({ [name]: value })).toThrow(
      new RegExp(`^${name} (has a wrong value|is "[^"]+"); it takes `),
    );
  });

  test("is reported together with the others", () => {
    const wrong = { RATE_LIMITS: "maybe", APP_URL: "nowhere" };
    expect(() => read(wrong)).toThrow(/APP_URL.*\n.*RATE_LIMITS/);
  });

  // case: brianc/node-postgres#3145
  test.each(knownVariables)("of %s never appears in an error", (name) => {
    for (const value of [
      "hunter2",
      "hunter2,hunter2",
      "postgres://ada:hunter2@db.example.com/auth#",
      "smtp://ada@example.com:pa#hunter2@mail.example.com:587",
      "smtp://ada:1#hunter2@mail.example.com:587",
      "https://ada:hunter2@www.example.com",
      "https://www.example.com/hunter2?key=hunter2",
      "https://www.example.com?hunter2",
      "https://www.example.com,hunter2",
      "jdbc:postgresql://h/db?user=ada&password=hunter2",
      "postgresql+psycopg2://ada@server:hunter2@h/db",
      "mysql://ada:hun/hunter2@db.example.com/auth",
      "libsql://db.example.com?authToken=hunter2&tls=0",
      "file:.data/auth.db?key=hunter2",
      "hunter2.example.com hunter2",
    ]) {
      const environment: Record<string, string> = { ...production, AUTH_SECRET, [name]: value };
      if (name === "NODE_ENV") environment.AUTH_SECRET = "";
      const message = messageOf(() => checkConfig({ VERCEL: "1", ...environment }));
      expect(message).not.toMatch(/hunter2|ada/);
    }
  });

  test("of AUTH_SECRET or CRON_SECRET says how long a secret has to be", () => {
    expect(() => checkConfig({ AUTH_SECRET: "hunter2" })).toThrow(/^AUTH_SECRET .* 32 characters/);
    expect(() => checkConfig({ AUTH_SECRET: `${AUTH_SECRET},hunter2` })).toThrow(/^AUTH_SECRET/);
    expect(() => checkConfig({})).toThrow(/^AUTH_SECRET is not set; /);
    expect(() => read({ CRON_SECRET: "hunter2" })).toThrow(/^CRON_SECRET .* 16 characters/);
  });

  test("of a URL shows the scheme, and the host where there is no user", () => {
    expect(() => read({ DATABASE_URL: "mysql://ada:hunter2@db.example.com/auth" })).toThrow(
      'DATABASE_URL is "mysql://…"; it takes ',
    );
    expect(() => read({ APP_URL: "https://www.example.com/app" })).toThrow(
      'APP_URL is "https://www.example.com…"; it takes ',
    );
  });

  // case: brianc/node-postgres#3376
  test.each([
    ["DATABASE_URL", "postgres://u:pa#ss@localhost/db"],
    ["DATABASE_URL", "postgres://u:12#34@localhost/db"],
    ["DATABASE_URL", "postgres://u:12/34@localhost/db"],
    ["DATABASE_URL", "postgres://u:12?34@localhost/db"],
    ["DATABASE_URL", "postgres://u:100%@localhost/db"],
    ["DATABASE_URL", "postgres://one:5432,two:5432/db"],
    ["DATABASE_URL", "postgres://u:p@one,two/db"],
    ["DATABASE_URL", "libsql://one,two?authToken=x"],
    ["SMTP_URL", "smtp://me@example.com:pa#ss@host:587"],
    ["SMTP_URL", "smtp://me:12#34@host:587"],
    ["SMTP_URL", "smtp://me:100%@host:587"],
  ])("of %s, %j, throws one sentence that says to percent-encode", (name, value) => {
    const message = messageOf(() => read({ [name]: value, MAIL_FROM: "a@example.com" }));
    expect(message).toMatch(new RegExp(`^${name} .* percent-encoded .*%23`));
    expect(message).not.toContain("\n");
  });

  test("of a password with special characters is right once it is percent-encoded", () => {
    for (const DATABASE_URL of [
      "postgres://u:pa%23s%2Fs%3F%40%25@localhost/db",
      "postgres://u@example.com:p@localhost/db?application_name=a@b",
      "postgresql:///db?host=/var/run/postgresql",
    ]) {
      expect(read({ DATABASE_URL }).databaseUrl).toBe(DATABASE_URL);
    }
  });

  test.each<[RegExp, Record<string, string>]>([
    [/^APP_URL .* https origin/, { NODE_ENV: "production", APP_URL: "http://www.example.com" }],
    [/^DATABASE_URL .* Vercel/, { ...production, VERCEL: "1" }],
    [/^JWT_COOKIE_SECURE /, { JWT_COOKIE_SAMESITE: "none", JWT_COOKIE_SECURE: "false" }],
    [
      /^JWT_COOKIE_SECURE .* plain http/,
      { APP_URL: "http://www.example.com", JWT_COOKIE_SECURE: "true" },
    ],
    [/^JWT_COOKIE_SAMESITE .* none/, { ...production, ALLOWED_ORIGINS: "https://other.example" }],
    [/^JWT_COOKIE_DOMAIN .* your own/, { ...production, JWT_COOKIE_DOMAIN: "other.example" }],
    [
      /^JWT_COOKIE_DOMAIN .* your own/,
      { ...production, APP_URL: "https://me.vercel.app", JWT_COOKIE_DOMAIN: "vercel.app" },
    ],
    [
      /^JWT_COOKIE_NAME .* no JWT_COOKIE_DOMAIN/,
      { ...production, JWT_COOKIE_NAME: "__Host-a", JWT_COOKIE_DOMAIN: "example.com" },
    ],
    [/^JWT_COOKIE_NAME .* JWT_COOKIE_SECURE=true/, { JWT_COOKIE_NAME: "__Secure-a" }],
    [
      /^NEXT_PUBLIC_API_HOST .* https origin/,
      { ...production, NEXT_PUBLIC_API_HOST: "http://api.example.com" },
    ],
    [
      /^API_PROXY_TARGET .* https origin/,
      { ...production, API_PROXY_TARGET: "http://api.example.com" },
    ],
    [
      /^API_PROXY_TARGET .* no value/,
      {
        ...production,
        NEXT_PUBLIC_API_HOST: "https://api.example.com",
        API_PROXY_TARGET: "https://api.example.com",
      },
    ],
    // Red team 8: the same for every connection.
    [/^DATABASE_URL .* sslmode/, { ...production, DATABASE_URL: "postgres://db.example.com/auth" }],
    [
      /^DATABASE_URL .* sslmode/,
      { ...production, DATABASE_URL: "postgresql:///auth?host=db.example.com" },
    ],
    [
      /^DATABASE_URL .* sslmode/,
      { ...production, DATABASE_URL: "postgresql:///auth", PGHOST: "db.example.com" },
    ],
    [/^DATABASE_URL has tls=0/, { DATABASE_URL: "libsql://db.example.com:8080?tls=0" }],
    [
      /^ALLOWED_ORIGINS has http:\/\/app\.example\.com/,
      {
        ...production,
        ALLOWED_ORIGINS: "http://app.example.com",
        JWT_COOKIE_SAMESITE: "none",
      },
    ],
    [
      /^NEXT_PUBLIC_API_HOST .* https origin/,
      { NODE_ENV: "production", NEXT_PUBLIC_API_HOST: "http://api.example.com" },
    ],
    [/^DATABASE_SCHEMA .* Postgres/, { DATABASE_SCHEMA: "auth" }],
  ])("that contradicts another variable is refused: %s", (sentence, environment) => {
    expect(() => read(environment)).toThrow(sentence);
  });
});

describe("on Vercel", () => {
  const vercel = {
    NODE_ENV: "production",
    VERCEL: "1",
    VERCEL_URL: "shop-abc123.vercel.app",
    VERCEL_BRANCH_URL: "shop-git-main.vercel.app",
    VERCEL_PROJECT_PRODUCTION_URL: "www.example.com",
    DATABASE_URL: "postgres://db.example.com/auth?sslmode=require",
  };

  test("production allows its domain and the deployment's own addresses", () => {
    const { appUrl, allowedOrigins } = read({ ...vercel, VERCEL_ENV: "production" });
    expect(appUrl).toBe("https://www.example.com");
    expect(allowedOrigins).toEqual([
      "https://www.example.com",
      "https://shop-abc123.vercel.app",
      "https://shop-git-main.vercel.app",
    ]);
  });

  test("a preview allows its own addresses but not the domain", () => {
    const { appUrl, allowedOrigins } = read({ ...vercel, VERCEL_ENV: "preview" });
    expect(appUrl).toBe("https://shop-abc123.vercel.app");
    expect(allowedOrigins).not.toContain("https://www.example.com");
  });

  test("APP_URL, when set, is the only allowed origin", () => {
    const APP_URL = "https://sign-in.example.com";
    expect(read({ ...vercel, VERCEL_ENV: "production", APP_URL }).allowedOrigins).toEqual([
      APP_URL,
    ]);
  });
});

describe("pages whose API is on another origin", () => {
  const NEXT_PUBLIC_API_HOST = "https://api.example.com";
  const DATABASE_URL = "postgres://db.example.com/auth?sslmode=require";

  test.each<[boolean, string, Record<string, string>]>([
    [false, "without its cookie", { NEXT_PUBLIC_API_HOST, DATABASE_URL }],
    [false, "without its database", { NEXT_PUBLIC_API_HOST, JWT_COOKIE_DOMAIN: "example.com" }],
    [true, "with both", { NEXT_PUBLIC_API_HOST, DATABASE_URL, JWT_COOKIE_DOMAIN: "example.com" }],
    [false, "forwarding to it", { API_PROXY_TARGET: NEXT_PUBLIC_API_HOST }],
    [
      true,
      "forwarding to it, on its database",
      { API_PROXY_TARGET: NEXT_PUBLIC_API_HOST, DATABASE_URL },
    ],
    [true, "which is their own after all", { NEXT_PUBLIC_API_HOST: production.APP_URL }],
  ])("can read the visitor's session: %s, %s", (sessionsHere, _, environment) => {
    expect(read({ ...production, ...environment }).sessionsHere).toBe(sessionsHere);
  });
});

test.each<Record<string, string>>([
  { DATABASE_URL: "postgres://localhost/auth" },
  { DATABASE_URL: "postgres://127.0.0.1:6432/auth" },
  { DATABASE_URL: "postgres://[::1]/auth" },
  { DATABASE_URL: "postgresql:///auth?host=/var/run/postgresql" },
  { DATABASE_URL: "postgres://db.example.com/auth?sslmode=require" },
  { DATABASE_URL: "postgres://db.internal/auth?sslmode=disable" },
  { DATABASE_URL: "postgres://db.example.com/auth", PGSSLMODE: "verify-full" },
  { ALLOWED_ORIGINS: "http://localhost:5173,capacitor://localhost", JWT_COOKIE_SAMESITE: "none" },
])("a connection that is safe, or said to be, is accepted in production: %j", (environment) => {
  expect(() => read({ ...production, ...environment })).not.toThrow();
});

// case: better-auth/better-auth#7793
test("ALLOWED_ORIGINS takes the origins of WebViews, as they send them", () => {
  const ALLOWED_ORIGINS = "capacitor://localhost, tauri://localhost,https://localhost";
  const environment = { ...production, ALLOWED_ORIGINS, JWT_COOKIE_SAMESITE: "none" };
  expect(read(environment).allowedOrigins).toEqual([
    production.APP_URL,
    "capacitor://localhost",
    "tauri://localhost",
    "https://localhost",
  ]);
  expect(() => read({ ...environment, JWT_COOKIE_SAMESITE: "lax" })).toThrow(/JWT_COOKIE_SAMESITE/);
});

test("plain http is allowed on localhost, in production too", () => {
  expect(read({ NODE_ENV: "production" }).appUrl).toBe("http://localhost:3000");
});

test("AUTH_SECRET lists the newest secret first", () => {
  const older = "o".repeat(32);
  expect(read({ AUTH_SECRET: `${AUTH_SECRET}, ${older}` }).secrets).toEqual([AUTH_SECRET, older]);
});

describe("without the checks, as at the edge", () => {
  test.each([{}, { AUTH_SECRET: "" }, { AUTH_SECRET: " , " }])("%j is no secret", (environment) => {
    expect(() => readConfig(environment)).toThrow(ConfigError);
    expect(() => readConfig(environment)).toThrow(/^AUTH_SECRET is not set; /);
  });

  test("a valid environment gives the same configuration", () => {
    const environment = {
      ...production,
      AUTH_SECRET: `${AUTH_SECRET},${"o".repeat(32)}`,
      APP_URL: "https://www.example.com/",
      ALLOWED_ORIGINS: "https://a.example.com, https://b.example.com/",
      ACCESS_TOKEN_LIFETIME: "60",
      JWT_COOKIE_SAMESITE: "strict",
      BREACHED_PASSWORDS_URL: "https://api.pwnedpasswords.com/range",
      EMAIL_LOGIN: "on",
      SMTP_URL: "smtp://localhost",
      MAIL_FROM: "no-reply@example.com",
      RATE_LIMITS: "off",
      TRUSTED_PROXIES: "10.0.0.1, 10.1.0.0/16",
    };
    expect(readConfig(environment)).toEqual(checkConfig(environment));
    expect(readConfig(environment)).toMatchObject({
      secrets: [AUTH_SECRET, "o".repeat(32)],
      allowedOrigins: ["https://www.example.com", "https://a.example.com", "https://b.example.com"],
      accessTokenLifetime: 60,
      cookie: { sameSite: "strict" },
      breachedPasswordsUrl: "https://api.pwnedpasswords.com/range/",
      emailLogin: true,
      rateLimits: false,
      trustedProxies: ["10.0.0.1", "10.1.0.0/16"],
    });
  });
});

test.each([
  { CAPTCHA_SITE_KEY: "key" },
  {
    CAPTCHA_SCRIPT_URL: "https://captcha.example.com/script.js",
    CAPTCHA_SITE_KEY: "key",
    CAPTCHA_VERIFY_URL: "https://captcha.example.com/siteverify",
  },
])("a captcha of a few parts is refused: %j", (environment) => {
  expect(() => read(environment)).toThrow(/^CAPTCHA_SCRIPT_URL, .* all four, or none\.$/);
});
