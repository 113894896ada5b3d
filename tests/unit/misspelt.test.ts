import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkConfig, suspicions } from "#lib/config/check.ts";
import { distance } from "#lib/config/misspelt.ts";
import { knownVariables } from "#lib/config/variables.ts";

describe("a variable that is not known", () => {
  test.each([
    ["AUTH_SECRT", "AUTH_SECRET"],
    ["AUTHSECRET", "AUTH_SECRET"],
    ["auth_secret", "AUTH_SECRET"],
    ["AUTH_SCERET", "AUTH_SECRET"],
    ["DATABSE_URL", "DATABASE_URL"],
    ["JWT_COOKIE_SAME_SITE", "JWT_COOKIE_SAMESITE"],
    ["MAIL_FORM", "MAIL_FROM"],
    ["APP_URLS", "APP_URL"],
    ["SMTP_UR", "SMTP_URL"],
    ["TRUSTED_PROXY", "TRUSTED_PROXIES"],
  ])("%s is taken for %s", (name, meant) => {
    expect(suspicions({ [name]: "x" })).toEqual([expect.stringContaining(` ${meant}?`)]);
  });

  test.each([
    "API_URL",
    "PATH",
    "HOME",
    "PORT",
    "DATABASE_POOL_SIZE",
    "NEXT_PUBLIC_SITE",
    "AUTH0_ID",
  ])("%s is somebody else's", (name) => {
    expect(suspicions({ [name]: "x" })).toEqual([]);
  });

  test("is no misspelling where the known one is set, or where it is empty", () => {
    expect(suspicions({ AUTH0_SECRET: "x", AUTH_SECRET: "y" })).toEqual([]);
    expect(suspicions({ AUTH_SECRT: "" })).toEqual([]);
  });

  test("is named where the start fails for want of it, without its value", () => {
    const start = () => checkConfig({ AUTH_SECRT: "hunter2" });
    expect(start).toThrow(/^AUTH_SECRET is not set; .*\nAUTH_SECRT is set and not known here/);
    expect(start).not.toThrow(/hunter2/);
  });
});

test("every variable of .env.example is known", () => {
  const example = readFileSync(".env.example", "utf8");
  const names = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(names.length).toBeGreaterThan(25);
  expect(knownVariables).toEqual(expect.arrayContaining(names));
});

test.each([
  ["", "", 0],
  ["a", "", 1],
  ["secret", "secrt", 1],
  ["secret", "sceret", 1],
  ["kitten", "sitting", 3],
] as const)("%j and %j are %i apart", (a, b, expected) => {
  expect(distance(a, b)).toBe(expected);
  expect(distance(b, a)).toBe(expected);
});
