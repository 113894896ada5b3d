import { afterEach, describe, expect, test, vi } from "vitest";
import { openDatabase } from "#db/index.ts";
import { newDatabase as makeDatabase, type TestDatabase } from "../support/databases.ts";
import { run, type Server, secret, startServer } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

const running: Server[] = [];
const databases: TestDatabase[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop("SIGKILL");
  for (const database of databases.splice(0)) await database.remove();
});

async function newDatabase(): Promise<string> {
  const database = await makeDatabase();
  databases.push(database);
  return database.url;
}

async function start(settings: Record<string, string>) {
  const server = await startServer({ AUTH_SECRET: secret, RATE_LIMITS: "off", ...settings });
  running.push(server);
  return server;
}

/** Starts two servers on one database, for one public origin. */
async function startTwo(settings: Record<string, string> = {}) {
  const common = {
    DATABASE_URL: await newDatabase(),
    APP_URL: "http://localhost:3000",
    ...settings,
  };
  return Promise.all([start(common), start(common)]);
}

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

describe("two servers on one database", () => {
  test("that start together end with one signing key and accept each other's tokens", async () => {
    const [a, b] = await startTwo();
    const keys = await Promise.all(
      [a, b].map(async ({ url }) => (await fetch(`${url}/.well-known/jwks.json`)).json()),
    );
    expect(keys[0].keys).toHaveLength(1);
    expect(keys[0]).toEqual(keys[1]);
    const browser = new Browser(a.url);
    const { access_token: token } = await browser.signUp();
    browser.origin = b.url;
    expect((await browser.get("/api/ping", { token })).status).toBe(200);
    expect((await browser.refresh()).status).toBe(200);
  });

  test("advance a session in turns, and end it on both at once", async () => {
    const [a, b] = await startTwo({ REFRESH_TOKEN_MIN_AGE: "0" });
    const browser = new Browser(a.url);
    const { access_token: token } = await browser.signUp();
    for (let i = 0; i < 20; i += 1) {
      browser.origin = i % 2 ? a.url : b.url;
      expect((await browser.refresh()).status).toBe(200);
    }
    const onA = browser.copy(a.url);
    expect((await browser.copy(b.url).post("/api/auth/logout")).status).toBe(204);
    expect(await problem(await onA.refresh())).toEqual([401, "session_revoked"]);
    expect(await problem(await onA.get("/api/ping", { token }))).toEqual([401, "token_revoked"]);
  });

  test("let fifty tabs advance one session at the same time", async () => {
    const [a, b] = await startTwo({ REFRESH_TOKEN_MIN_AGE: "1" });
    const browser = new Browser(a.url);
    await browser.signUp();
    await browser.refresh();
    await pause(1100);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => browser.copy(i % 2 ? a.url : b.url).refresh()),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  });

  test("detect a thief: the session ends for both sides, and the audit log says why", async () => {
    const url = await newDatabase();
    const settings = { DATABASE_URL: url, APP_URL: "http://localhost:3000" };
    const strict = { ...settings, REFRESH_TOKEN_MIN_AGE: "0", REFRESH_GRACE_PERIOD: "1" };
    const [a, b] = await Promise.all([start(strict), start(strict)]);
    const owner = new Browser(a.url);
    const { user } = await owner.signUp();
    const thief = owner.copy(b.url);
    // Both hold the first token; the owner refreshes and uses its successors.
    for (let i = 0; i < 3; i += 1) expect((await owner.refresh()).status).toBe(200);
    expect(await problem(await thief.refresh())).toEqual([409, "refresh_superseded"]);
    await pause(1100);
    expect(await problem(await thief.refresh())).toEqual([401, "refresh_reused"]);
    const told = await owner.refresh();
    expect((await told.clone().json()).detail).toContain("a second time");
    expect(await problem(told)).toEqual([401, "session_revoked"]);

    const db = openDatabase(url);
    const events = await db.query
      .selectFrom("audit_events")
      .select(["type", "session"])
      .where("user_id", "=", user.id)
      .orderBy("at")
      .execute();
    await db.close();
    expect(events.map(({ type }) => type)).toEqual(["signup", "refresh_reused"]);
    expect(events[1]?.session).toHaveLength(8);
  });
});

test("kill -9 under traffic loses nothing acknowledged and signs no user out", async () => {
  const settings = {
    DATABASE_URL: await newDatabase(),
    APP_URL: "http://localhost:3000",
    REFRESH_TOKEN_MIN_AGE: "0",
    REFRESH_GRACE_PERIOD: "30",
  };
  let server = await start(settings);
  const browsers: Browser[] = [];
  for (let i = 0; i < 24; i += 1) {
    const browser = new Browser(server.url);
    await browser.signUp();
    browsers.push(browser);
  }
  const signedOut = new Map<Browser, Browser>();
  /** Their sign-out may have happened, but was not acknowledged. */
  const unsure = new Set<Browser>();

  for (let round = 0; round < 4; round += 1) {
    const leaving = new Set(browsers.slice(round * 3, round * 3 + 3));
    let busy = true;
    const traffic = browsers.map(async (browser) => {
      while (busy && !signedOut.has(browser) && !unsure.has(browser)) {
        const before = browser.copy();
        try {
          if (leaving.has(browser) && Math.random() < 0.2) {
            unsure.add(browser);
            const answer = await browser.post("/api/auth/logout");
            if (answer.status === 204) signedOut.set(browser, before);
          } else {
            expect((await browser.refresh()).status).toBe(200);
          }
        } catch (error) {
          // The server is dead; only what it acknowledged before counts.
          if (!(error instanceof TypeError)) throw error;
          return;
        }
      }
    });
    // Kill it in mid-traffic: one sign-out is acknowledged, others are in flight.
    await vi.waitUntil(() => signedOut.size > round, { timeout: 20_000, interval: 5 });
    await server.stop("SIGKILL");
    busy = false;
    await Promise.all(traffic);

    server = await start(settings);
    for (const browser of browsers) {
      browser.origin = server.url;
      const gone = signedOut.get(browser);
      if (gone) {
        const answer = await gone.copy(server.url).refresh();
        expect(await problem(answer)).toEqual([401, "session_revoked"]);
      } else if (!unsure.has(browser)) {
        expect((await browser.refresh()).status).toBe(200);
      }
    }
  }
});

test("a new AUTH_SECRET with the old one behind it signs no user out and loses no key", async () => {
  const settings = { DATABASE_URL: await newDatabase(), APP_URL: "http://localhost:3000" };
  const before = await start(settings);
  const browser = new Browser(before.url);
  const { access_token: token } = await browser.signUp();
  const jwks = await (await browser.get("/.well-known/jwks.json")).json();
  await before.stop();

  const newer = "a newer secret for the integration tests";
  const during = await start({ ...settings, AUTH_SECRET: `${newer},${secret}` });
  browser.origin = during.url;
  expect((await browser.get("/api/ping", { token })).status).toBe(200);
  expect((await browser.refresh()).status).toBe(200);
  expect(await (await browser.get("/.well-known/jwks.json")).json()).toEqual(jwks);
  await during.stop();

  // Cookie and key have moved to the newer secret by now, so the older one can go.
  const after = await start({ ...settings, AUTH_SECRET: newer });
  browser.origin = after.url;
  expect((await browser.refresh()).status).toBe(200);
  expect(await (await browser.get("/.well-known/jwks.json")).json()).toEqual(jwks);
});

describe("a wrong configuration", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["no secret", { AUTH_SECRET: "" }, /^AUTH_SECRET is not set; .*$/m],
    ["a short secret", { AUTH_SECRET: "hunter2" }, /^AUTH_SECRET has a wrong value; .*$/m],
    [
      "not a number",
      { ACCESS_TOKEN_LIFETIME: "soon" },
      /^ACCESS_TOKEN_LIFETIME has a wrong value; .*$/m,
    ],
    ["plain http", { APP_URL: "http://www.example.com" }, /^APP_URL is "http:.*https origin/m],
    ["a wildcard", { ALLOWED_ORIGINS: "*" }, /^ALLOWED_ORIGINS has a wrong value; .*$/m],
    [
      "SameSite=None",
      { JWT_COOKIE_SAMESITE: "none", JWT_COOKIE_SECURE: "false" },
      /^JWT_COOKIE_SECURE is "false"; .*$/m,
    ],
    [
      "a file on Vercel",
      { VERCEL: "1", DATABASE_URL: "file:auth.db" },
      /^DATABASE_URL names a file; .*Vercel.*$/m,
    ],
  ])("%s stops the start with one sentence that shows no secret", async (_, wrong, sentence) => {
    const settings = { AUTH_SECRET: secret, DATABASE_URL: await newDatabase(), ...wrong };
    const { code, output } = await run("scripts/start.ts", settings, "-p", "0");
    expect(code).toBe(1);
    expect(output).toMatch(sentence);
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(output).not.toContain("hunter2");
    expect(output).not.toContain(secret);
  });
});

test("forwarding headers are trusted from trusted proxies only", async () => {
  const ip = async (server: Server) => {
    const browser = new Browser(server.url);
    const headers = {
      "X-Forwarded-For": "203.0.113.9, 10.1.1.1",
      "x-latchkey-peer": "203.0.113.8",
    };
    const username = `u${Date.now()}`;
    const body = { username, email: `${username}@example.com`, password };
    const { access_token: token } = await (
      await browser.post("/api/auth/signup", { body, headers })
    ).json();
    return (await (await browser.get("/api/auth/sessions", { token })).json()).sessions[0].ip;
  };
  const direct = await start({ DATABASE_URL: await newDatabase() });
  expect(await ip(direct)).toMatch(/^(::1|127\.0\.0\.1)$/);
  const behind = await start({
    DATABASE_URL: await newDatabase(),
    TRUSTED_PROXIES: "127.0.0.1,::1,10.0.0.0/8",
  });
  expect(await ip(behind)).toBe("203.0.113.9");
});

test("the log has a line for each request and never a secret", async () => {
  const server = await start({ DATABASE_URL: await newDatabase(), REFRESH_TOKEN_MIN_AGE: "0" });
  const browser = new Browser(server.url);
  const secrets = new Set<string>([password, secret, "wrong password 1", "in the wrong field"]);
  const note = (token?: string) => {
    if (token) secrets.add(token);
    for (const value of browser.cookies.values()) secrets.add(value);
  };

  const { access_token: token, user } = await browser.signUp();
  note(token);
  const { sid } = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  secrets.add(sid);
  for (let i = 0; i < 3; i += 1) note((await (await browser.refresh()).json()).access_token);
  const login = "/api/auth/login";
  await browser.post(login, { body: { username: user.username, password: "wrong password 1" } });
  await browser.post(login, { body: { username: "in the wrong field", password } });
  await browser.post(login, { form: { username: user.username, password } });
  note();
  await browser.get("/api/auth/me", { token: `${token}x` });
  await browser.get(`/api/auth/sessions/${sid}`, { token });
  await browser.get("/api/ping", { headers: { "User-Agent": "evil\tname" } });
  await browser.send("DELETE", `/api/auth/sessions/${sid}`, { token });
  await browser.post("/api/auth/logout");
  await pause(200);

  const output = server.output();
  for (const hidden of secrets) expect(output).not.toContain(hidden);
  const lines = output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
  const refreshes = lines.filter(({ route }) => route === "/api/auth/refresh");
  expect(refreshes).toHaveLength(3);
  expect(refreshes[0]).toEqual({
    level: "info",
    time: expect.any(String),
    route: "/api/auth/refresh",
    method: "POST",
    status: 200,
    duration_ms: expect.any(Number),
    user: user.id,
    session: sid.slice(0, 8),
  });
  expect(lines.map(({ route }) => route)).toContain("/api/auth/sessions/{id}");
});
