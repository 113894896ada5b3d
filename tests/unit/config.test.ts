import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "#lib/config.ts";

const AUTH_SECRET = "s".repeat(32);
const read = (environment: Record<string, string>) => readConfig({ AUTH_SECRET, ...environment });
const production = { NODE_ENV: "production", APP_URL: "https://www.example.com" };

describe("by default", () => {
  test("everything has the documented value", () => {
    expect(read({})).toEqual({
      production: false,
      secrets: [AUTH_SECRET],
      databaseUrl: "file:.data/auth.db",
      appUrl: "http://localhost:3000",
      allowedOrigins: ["http://localhost:3000"],
      cookie: { name: "refresh_token", secure: false, sameSite: "lax", domain: undefined },
      accessTokenLifetime: 900,
      refreshTokenLifetime: 1_209_600,
      sessionLifetime: 7_776_000,
      refreshTokenMinAge: 60,
      refreshGracePeriod: 30,
      passwordMinLength: 8,
      rateLimits: true,
      trustedProxies: [],
      vercel: false,
    });
  });

  test("an empty value counts as not set", () => {
    expect(read({ APP_URL: "", ACCESS_TOKEN_LIFETIME: "", JWT_COOKIE_DOMAIN: "" })).toEqual(
      read({}),
    );
  });

  test("the address follows the port, and on Vercel the deployment", () => {
    expect(read({ PORT: "4000" }).appUrl).toBe("http://localhost:4000");
  });
});

describe("the cookie", () => {
  test("is secure and takes the __Host- prefix in production", () => {
    expect(read(production).cookie).toMatchObject({ name: "__Host-refresh_token", secure: true });
  });

  test.each<[string, Record<string, string>, string]>([
    ["has a Domain", { JWT_COOKIE_DOMAIN: "example.com" }, "refresh_token"],
    ["is for other sites", { JWT_COOKIE_SAMESITE: "none" }, "refresh_token"],
    ["is not secure", { JWT_COOKIE_SECURE: "false" }, "refresh_token"],
    ["was given a name", { JWT_COOKIE_NAME: "session" }, "session"],
  ])("keeps its plain name when it %s", (_, environment, name) => {
    expect(read({ ...production, ...environment }).cookie.name).toBe(name);
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
    ["DATABASE_URL", "mysql://localhost"],
    ["TRUSTED_PROXIES", "my-proxy"],
  ])("of %s, %j, is one sentence that names it", (name, value) => {
    const start = `${name} is ${JSON.stringify(value)}; it takes `;
    expect(() => read({ [name]: value })).toThrow(ConfigError);
    expect(() => read({ [name]: value })).toThrow(start);
  });

  test("is told together with the others", () => {
    const wrong = { RATE_LIMITS: "maybe", APP_URL: "nowhere" };
    expect(() => read(wrong)).toThrow(/APP_URL.*\n.*RATE_LIMITS/);
  });

  test("of AUTH_SECRET is never shown", () => {
    expect(() => readConfig({ AUTH_SECRET: "hunter2" })).toThrow(/^AUTH_SECRET is too short; /);
    expect(() => readConfig({ AUTH_SECRET: `${AUTH_SECRET},hunter2` })).toThrow(/^AUTH_SECRET/);
    expect(() => readConfig({ AUTH_SECRET: "hunter2" })).not.toThrow(/hunter2/);
    expect(() => readConfig({})).toThrow(/^AUTH_SECRET is not set; /);
  });

  test.each<[RegExp, Record<string, string>]>([
    [/^APP_URL .* https origin/, { NODE_ENV: "production", APP_URL: "http://www.example.com" }],
    [/^DATABASE_URL .* Vercel/, { ...production, VERCEL: "1" }],
    [/^JWT_COOKIE_SECURE /, { JWT_COOKIE_SAMESITE: "none", JWT_COOKIE_SECURE: "false" }],
  ])("of two variables together: %s", (sentence, environment) => {
    expect(() => read(environment)).toThrow(sentence);
  });
});

test("plain http is fine on this machine, in production too", () => {
  expect(read({ NODE_ENV: "production" }).appUrl).toBe("http://localhost:3000");
});

test("secrets are newest first", () => {
  const older = "o".repeat(32);
  expect(read({ AUTH_SECRET: `${AUTH_SECRET}, ${older}` }).secrets).toEqual([AUTH_SECRET, older]);
});
