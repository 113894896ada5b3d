/** Red team 17: every response has a Content-Security-Policy, and no request chooses its nonce. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { rawGet } from "../support/raw-request.ts";
import { type Server, secret, startServer } from "../support/server.ts";

let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  database = await newDatabase();
  server = await startServer({ AUTH_SECRET: secret, DATABASE_URL: database.url });
});

afterAll(async () => {
  await server?.stop("SIGKILL");
  await database?.remove();
});

async function get(path: string, headers?: Record<string, string>) {
  const { status, header, text } = await rawGet(server.url, path, headers);
  return { status, policies: header("content-security-policy"), text };
}

const paths = [
  "/",
  "/login",
  "/me",
  "/nowhere",
  "/login/",
  "/icon.svg",
  "/icon.svgX",
  "/icon.svg/",
  "/favicon.ico",
  "/favicon.icoX",
  "/.well-known/jwks.json",
  "/.well-known/change-password",
  "/.well-known/x",
  "/_next/static/nowhere.js",
  "/_next/static/",
  "/_next/image?url=%2Ficon.svg&w=64&q=75",
  "/_next/nowhere",
  "/api",
  "/api/nowhere",
  "/api/health",
  "/apix",
  "/%ff",
  "//evil.example/",
  "/%2e%2e/",
  "/_not-found",
  "/404",
  "/_error",
];

test.each(paths)("%s has a policy, and only one", async (path) => {
  const { policies } = await get(path);
  expect(policies).toHaveLength(1);
  expect(policies[0]).toMatch(/frame-ancestors 'none'/);
  expect(policies[0]).toMatch(/default-src '(none|self)'/);
});

test.each(paths)("%s takes no nonce from the request", async (path) => {
  for (const name of ["Content-Security-Policy", "Content-Security-Policy-Report-Only"]) {
    const { policies, text } = await get(path, {
      [name]: "script-src 'nonce-INJECTED1'",
      "x-nonce": "INJECTED1",
    });
    expect(policies.join()).not.toContain("INJECTED1");
    expect(text).not.toContain("INJECTED1");
  }
});

test("a static file is still served, with no page's policy", async () => {
  const page = await get("/login");
  const [script = ""] = /\/_next\/static\/[^"]+\.js/.exec(page.text) ?? [];
  const { status, policies } = await get(script);
  expect(status).toBe(200);
  expect(policies).toEqual([
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ]);
});
