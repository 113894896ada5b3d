import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openDatabase } from "#db/index.ts";
import { isMigrated } from "#db/migrate.ts";
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { randomId } from "#lib/crypto/random.ts";
import { Browser, password, problem } from "../integration/browser.ts";
import { createPostgresDatabase } from "../support/databases.ts";
import { secret, temporaryFolder } from "../support/server.ts";
import { linkIn, type Smtp, startSmtp } from "../support/smtp.ts";
import {
  type BuiltFunction,
  buildForVercel,
  loadEdgeFunction,
  readFunctions,
  serveFunction,
} from "./build.ts";

const folder = temporaryFolder();
const domain = "app.example.com";
const cronSecret = "a secret for the scheduler";
let settings: Record<string, string>;
let functions: BuiltFunction[];
let smtp: Smtp;

beforeAll(async () => {
  smtp = await startSmtp();
  const { url } = await createPostgresDatabase(inject("postgresUrl"));
  settings = {
    AUTH_SECRET: secret,
    DATABASE_URL: url,
    CRON_SECRET: cronSecret,
    SMTP_URL: smtp.url,
    MAIL_FROM: "no-reply@example.com",
    VERCEL_ENV: "production",
    VERCEL_URL: "app-1a2b3c.vercel.app",
    VERCEL_PROJECT_PRODUCTION_URL: domain,
  };
  buildForVercel(folder.path, settings);
  functions = readFunctions(folder.path);
}, 300_000);

afterAll(async () => {
  folder.remove();
  await smtp.close();
});

function functionOf(route: string): BuiltFunction {
  const found = functions.find(({ routes }) => routes.includes(route));
  if (!found) throw new Error(`No function serves ${route}.`);
  return found;
}

test("the middleware is an edge function", () => {
  expect(functionOf("middleware").runtime).toBe("edge");
});

test("the middleware uses production's cookie name and policy without a NODE_ENV", async () => {
  const ask = loadEdgeFunction(functionOf("middleware"), settings);
  const now = Date.now();
  const token = {
    session: randomId(),
    generation: 0,
    id: randomId(),
    parent: randomId(),
    issued_at: now,
    expires_at: now + 60_000,
  };
  const sealed = await sealRefreshToken(token, new Keyring([secret]));
  const page = `https://${domain}/me`;

  const admitted = await ask(page, { Cookie: `__Host-refresh_token=${sealed}` });
  expect(admitted.headers.get("x-middleware-next")).toBe("1");
  const policy = admitted.headers.get("content-security-policy");
  expect(policy).toContain("upgrade-insecure-requests");
  expect(policy).not.toMatch(/unsafe|ws:/);

  // The cookie's name in development does not count here.
  for (const headers of [{}, { Cookie: `refresh_token=${sealed}` }]) {
    const refused = await ask(page, headers as Record<string, string>);
    expect(refused.status).toBe(307);
    expect(refused.headers.get("location")).toMatch(/\/login\?next=%2Fme$/);
  }
});

test("red team 17: what the middleware passes by has a policy, and nothing else has two", () => {
  const { routes } = JSON.parse(readFileSync(join(folder.path, "config.json"), "utf8"));
  const sources = (matches: (route: Route) => boolean) =>
    (routes as Route[]).filter(matches).map(({ src = "" }) => new RegExp(src));
  const middleware = sources(({ middlewarePath }) => middlewarePath !== undefined);
  const policies = sources(({ headers = {} }) =>
    Object.keys(headers).some((name) => name.toLowerCase() === "content-security-policy"),
  );
  expect(middleware).toHaveLength(1);
  for (const path of [
    ...["/", "/me", "/nowhere", "/favicon.icoX", "/icon.svgX", "/.well-known/x", "/_next/image"],
    ...["/icon.svg", "/api/health", "/.well-known/jwks.json", "/_next/static/chunks/a.js"],
  ]) {
    const covering = [...middleware, ...policies].filter((source) => source.test(path));
    expect([path, covering.length]).toEqual([path, 1]);
  }
});

interface Route {
  src?: string;
  middlewarePath?: string;
  headers?: Record<string, string>;
}

test("every other function is small and contains no SQLite", () => {
  const others = functions.filter(({ runtime }) => runtime !== "edge");
  expect(others.length).toBeGreaterThan(0);
  for (const { files, size, runtime } of others) {
    expect(runtime).toBe("nodejs24.x");
    expect(size).toBeLessThan(50_000_000);
    const sqlite = [...files.keys()].filter((file) => /better-sqlite3|\/libsql\//.test(file));
    expect(sqlite).toEqual([]);
    // Native code is only for the platform that functions run on.
    const native = [...files.keys()].filter((file) => file.endsWith(".node"));
    expect(native.filter((file) => !/linux-x64/.test(file))).toEqual([]);
  }
});

test("the build has migrated the database, and the cron job is set up", async () => {
  const db = openDatabase(settings.DATABASE_URL ?? "");
  expect(await isMigrated(db)).toBe(true);
  await db.close();
  const { crons } = JSON.parse(readFileSync(join(folder.path, "config.json"), "utf8"));
  expect(crons).toEqual([{ path: "/api/cron", schedule: expect.any(String) }]);
});

describe("the built functions", () => {
  let api: Awaited<ReturnType<typeof serveFunction>>;
  let pages: Awaited<ReturnType<typeof serveFunction>>;

  beforeAll(async () => {
    api = await serveFunction(functionOf("api/auth/login"), settings);
    pages = await serveFunction(functionOf("me"), settings);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([api?.stop(), pages?.stop()]);
  });

  /** The headers that Vercel's edge adds to each request. */
  const from = (path: string) => ({
    "x-matched-path": path,
    "x-vercel-forwarded-for": "203.0.113.7",
    "x-forwarded-for": "198.51.100.1",
  });
  const post = (browser: Browser, path: string, body?: object) =>
    browser.post(path, { headers: { Origin: `https://${domain}`, ...from(path) }, body });

  test("sign up, sign in, refresh and render a protected page", async () => {
    const browser = new Browser(api.url);
    const username = "ada";
    const signup = { username, email: "ada@example.com", password };
    expect((await post(browser, "/api/auth/signup", signup)).status).toBe(201);
    // Sent after the response, from inside the function.
    const mail = await smtp.take(signup.email, /Confirm/);
    expect(linkIn(mail).origin).toBe(`https://${domain}`);
    expect((await post(browser, "/api/auth/login", { username, password })).status).toBe(200);
    expect(browser.cookies.has("__Host-refresh_token")).toBe(true);
    const refreshed = await post(browser, "/api/auth/refresh");
    expect(refreshed.status).toBe(200);
    const { access_token: token } = await refreshed.json();

    const sessions = "/api/auth/sessions";
    const listed = await browser.get(sessions, { token, headers: from(sessions) });
    // The address comes from the edge, not from the visitor's header.
    expect((await listed.json()).sessions[0].ip).toBe("203.0.113.7");

    const page = await browser.copy(pages.url).get("/me", { headers: from("/me") });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("ada@example.com");
    const stranger = await new Browser(pages.url).get("/me", { headers: from("/me") });
    expect(stranger.status).toBe(307);
    expect(stranger.headers.get("location")).toContain("/login?next=%2Fme");
  });

  test("accept the deployment's own addresses, and no other origin", async () => {
    const path = "/api/auth/refresh";
    const refresh = (origin: string) =>
      new Browser(api.url).post(path, { headers: { ...from(path), Origin: origin } });
    for (const origin of [`https://${domain}`, "https://app-1a2b3c.vercel.app"]) {
      expect(await problem(await refresh(origin))).toEqual([401, "refresh_missing"]);
    }
    const foreign = await refresh("https://app-9z8y7x.vercel.app");
    expect(await problem(foreign)).toEqual([403, "origin_not_allowed"]);
    // A www. that Vercel does not name: Sec-Fetch-Site is enough for the page's own origin.
    const refreshFrom = (site: string, origin = `https://www.${domain}`) =>
      new Browser(api.url).post(path, {
        headers: { ...from(path), Origin: origin, "Sec-Fetch-Site": site },
      });
    expect((await refreshFrom("same-origin")).status).toBe(401);
    expect((await refreshFrom("same-origin", "null")).status).toBe(401);
    for (const refused of [refreshFrom("same-site"), refreshFrom("cross-site", "null")]) {
      expect(await problem(await refused)).toEqual([403, "origin_not_allowed"]);
    }
  });

  test("prune for the scheduler alone", async () => {
    const path = "/api/cron";
    const prune = (headers: Record<string, string>) =>
      new Browser(api.url).get(path, { headers: { ...from(path), ...headers } });
    expect((await prune({})).status).toBe(401);
    expect((await prune({ Authorization: "Bearer guess" })).status).toBe(401);
    const pruned = await prune({ Authorization: `Bearer ${cronSecret}` });
    const { pruned: counts } = await pruned.json();
    expect(counts).toMatchObject({
      blacklist: 0,
      sessions: 0,
      rate_limits: 0,
      audit_events: 0,
      mails: 0,
    });
  });
});
