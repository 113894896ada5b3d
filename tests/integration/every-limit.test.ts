/** Nothing that a signed-in user can call is without a limit (red team 6). */
import { globSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { newPassword, randomAddress } from "./accounts.ts";
import { Browser, password } from "./browser.ts";

let database: TestDatabase;
/** Its limits are two or three, but for calls as such. */
let narrow: Server;
/** Its only narrow limit is that of calls. */
let calls: Server;

const limits = [
  "LOGIN_BY_NAME",
  "HASHES_BY_ACCOUNT",
  "MAIL_BY_ADDRESS",
  "CODE_BY_ACCOUNT",
  "RESET_BY_ACCOUNT",
  "REFRESH_BY_SESSION",
  "PROFILE_BY_ACCOUNT",
  "ADDRESS_CHANGES_BY_ACCOUNT",
  "EXPORTS_BY_ACCOUNT",
  "DELETIONS_BY_ACCOUNT",
  "REVOCATIONS_BY_ACCOUNT",
];

beforeAll(async () => {
  database = await newDatabase();
  const common = {
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    EMAIL_LOGIN: "on",
    SMTP_URL: "smtp://127.0.0.1:1",
    MAIL_FROM: "no-reply@example.com",
    APP_URL: "http://localhost:3000",
    TRUSTED_PROXIES: "127.0.0.1,::1",
  };
  const three = Object.fromEntries(limits.map((name) => [`RATE_LIMIT_${name}`, "3/1h"]));
  // Fewer than sign-ins, because each deletion ends the session.
  narrow = await startServer({ ...common, ...three, RATE_LIMIT_DELETIONS_BY_ACCOUNT: "2/1h" });
  calls = await startServer({ ...common, RATE_LIMIT_CALLS_BY_ACCOUNT: "3/1h" });
});

afterAll(async () => {
  await narrow.stop();
  await calls.stop();
  await database.remove();
});

let callers = 0;
const elsewhere = () => {
  callers += 1;
  return { "X-Forwarded-For": `198.51.100.${callers}` };
};

async function signUp(server: Server) {
  const browser = new Browser(server.url);
  const email = randomAddress();
  const body = { username: `u${email.slice(1, 30)}`, email, password };
  const response = await browser.post("/api/auth/signup", { body, headers: elsewhere() });
  const { access_token: token } = await response.json();
  return { browser, token: token as string, ...body };
}

type Account = Awaited<ReturnType<typeof signUp>>;
type Call = (account: Account, round: number) => Promise<Response>;

const post =
  (path: string, body: (account: Account, round: number) => object = () => ({})): Call =>
  ({ browser, token, ...account }, round) =>
    browser.post(path, {
      token,
      body: body({ browser, token, ...account }, round),
      headers: elsewhere(),
    });

/** A POST that ends the session, so that each round begins with a sign-in. */
const postAfterSignIn =
  (path: string): Call =>
  async ({ browser, username }) => {
    const body = { username, password };
    await browser.post("/api/auth/login", { body, headers: elsewhere() });
    return browser.post(path, { body: {}, headers: elsewhere() });
  };

const patchProfile: Call = ({ browser, token }, round) =>
  browser.send("PATCH", "/api/auth/me", { token, body: { name: `name ${round}` } });

/** What each route of the API is limited by, in the order of docs/api.md. */
const limited: Record<string, Call> = {
  "POST /api/auth/login": async ({ username }, round) =>
    new Browser(narrow.url).post("/api/auth/login", {
      body: { username, password: `guess ${round}` },
      headers: elsewhere(),
    }),
  "POST /api/auth/login/email": post("/api/auth/login/email", ({ email }) => ({ email })),
  "POST /api/auth/login/email/confirm": post("/api/auth/login/email/confirm", ({ email }) => ({
    email,
    code: "000000",
  })),
  "POST /api/auth/refresh": async ({ browser }) => browser.copy().refresh(),
  "POST /api/auth/reauthenticate": post("/api/auth/reauthenticate", () => ({ password: "guess" })),
  "POST /api/auth/password/forgot": post("/api/auth/password/forgot", ({ email }) => ({ email })),
  "POST /api/auth/password/change": post("/api/auth/password/change", () => ({
    current_password: "guess",
    password: newPassword,
  })),
  "POST /api/auth/email/verify/send": post("/api/auth/email/verify/send", ({ email }) => ({
    email,
  })),
  "POST /api/auth/email/verify": post("/api/auth/email/verify", ({ email }) => ({
    email,
    code: "000000",
  })),
  "POST /api/auth/email/change": post("/api/auth/email/change", () => ({ email: randomAddress() })),
  "PATCH /api/auth/me": patchProfile,
  "POST /api/auth/me/data": post("/api/auth/me/data"),
  "POST /api/auth/me/deletion": postAfterSignIn("/api/auth/me/deletion"),
  "POST /api/auth/sessions/revoke-others": post("/api/auth/sessions/revoke-others"),
  "DELETE /api/auth/sessions/{id}": ({ browser, token }) =>
    browser.send("DELETE", "/api/auth/sessions/AAAAAAAAAAAAAAAAAAAAAA", { token }),
};

const counted = ["/api/auth/me", "/api/auth/activity", "/api/auth/sessions", "/api/ping"];

/** Routes that do one indexed read for a stranger, and know no user until a secret is right. */
const without = [
  // Limited by network: limits.test.ts.
  "/api/auth/signup",
  // A session ends once.
  "/api/auth/logout",
  // A link's token has 128 random bits; used with the right one, RESET_BY_ACCOUNT counts.
  "/api/auth/email/confirm",
  "/api/auth/email/undo",
  "/api/auth/password/reset",
  "/api/cron",
  "/api/health",
  "/api/health/live",
  "/api/[[...path]]",
];

describe("every route is limited", () => {
  test.each(Object.entries(limited))("%s", async (_, call) => {
    const account = await signUp(narrow);
    const statuses: number[] = [];
    for (let round = 0; round < 5 && statuses.at(-1) !== 429; round += 1) {
      statuses.push((await call(account, round)).status);
    }
    expect(statuses.at(-1)).toBe(429);
    expect(statuses.length).toBeGreaterThan(2);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
  });

  test.each(counted)("GET %s, by the calls of the account", async (path) => {
    const { browser, token } = await signUp(calls);
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await browser.get(path, { token })).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test("and none is missing here", () => {
    const routes = globSync("app/api/**/route.ts").map((file) =>
      `/${file}`.replace("/app", "").replace("/route.ts", "").replace("[id]", "{id}"),
    );
    const known = new Set([
      ...Object.keys(limited).map((name) => name.split(" ")[1]),
      ...counted,
      ...without,
    ]);
    expect(routes.filter((route) => !known.has(route))).toEqual([]);
  });
});
