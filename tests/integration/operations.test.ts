import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { openDatabase } from "#db/index.ts";
import { newDatabase as makeDatabase, type TestDatabase } from "../support/databases.ts";
import { clockAhead, type Server, secret, startServer } from "../support/server.ts";
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

async function start(settings: Record<string, string> = {}) {
  const DATABASE_URL = settings.DATABASE_URL ?? (await newDatabase());
  const server = await startServer({
    AUTH_SECRET: secret,
    RATE_LIMITS: "off",
    ...settings,
    DATABASE_URL,
  });
  running.push(server);
  return server;
}

describe("health", () => {
  test("a server whose database lacks its tables is alive but not ready", async () => {
    const DATABASE_URL = await newDatabase();
    const server = await start({ DATABASE_URL });
    const status = async (path: string) => (await fetch(server.url + path)).status;
    expect([await status("/api/health"), await status("/api/health/live")]).toEqual([200, 200]);

    const db = openDatabase(DATABASE_URL);
    await db.query.schema.dropTable("kysely_migration" as never).execute();
    await db.close();
    expect(await problem(await fetch(`${server.url}/api/health`))).toEqual([503, "unavailable"]);
    expect(await status("/api/health/live")).toBe(200);
  });

  test("the scheduler's request prunes only with the secret", async () => {
    const CRON_SECRET = "a secret for the scheduler";
    const server = await start({ CRON_SECRET });
    const ask = (authorization?: string) =>
      fetch(`${server.url}/api/cron`, {
        headers: authorization ? { Authorization: authorization } : {},
      });
    expect(await problem(await ask())).toEqual([401, "token_invalid"]);
    expect(await problem(await ask("Bearer wrong"))).toEqual([401, "token_invalid"]);
    const answer = await (await ask(`Bearer ${CRON_SECRET}`)).json();
    expect(answer.pruned).toMatchObject({ blacklist: 0, sessions: 0 });
    const without = await start();
    const response = await fetch(`${without.url}/api/cron`, {
      headers: { Authorization: "Bearer undefined" },
    });
    expect(await problem(response)).toEqual([404, "not_found"]);
  });
});

test("a server that is told to stop finishes the requests it has begun, then exits", async () => {
  const server = await start();
  const body = JSON.stringify({ username: "nobody", password });
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  const closed = new Promise((done) => socket.once("close", done));
  socket.write(
    `POST /api/auth/login HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
  );
  await new Promise((done) => setTimeout(done, 300));
  const stopped = server.stop("SIGTERM");
  // Each attempt opens a new connection, because the server goes on serving a kept-alive one.
  const takesConnections = () =>
    new Promise<boolean>((done) => {
      const attempt = connect(Number(port), hostname, () => done(true));
      attempt.on("error", () => done(false)).on("connect", () => attempt.destroy());
    });
  await expect.poll(takesConnections, { timeout: 20_000 }).toBe(false);
  socket.write(body.slice(9));
  await closed;
  expect(answer).toMatch(/^HTTP\/1.1 401 .*invalid_credentials/s);
  await stopped;
});

describe("a client that is not a browser", () => {
  async function signIn(server: Server) {
    const { user } = await new Browser(server.url).signUp();
    const client = new Browser(server.url);
    const body = { username: user.username, password, refresh_token_delivery: "body" };
    const answer = await (await client.post("/api/auth/login", { body })).json();
    return { client, user, answer };
  }

  const refreshWith = (client: Browser, refresh_token: string) =>
    client.post("/api/auth/refresh", { body: { refresh_token } });

  test("gets its refresh token in the body and refreshes with it", async () => {
    const server = await start({ REFRESH_TOKEN_MIN_AGE: "0" });
    const { client, answer } = await signIn(server);
    expect(client.cookies.size).toBe(0);
    expect(answer.refresh_expires_in).toBeGreaterThan(1_209_000);
    let token: string = answer.refresh_token;
    for (let i = 0; i < 5; i += 1) {
      const refreshed = await (await refreshWith(client, token)).json();
      expect(refreshed.access_token).toBeTypeOf("string");
      token = refreshed.refresh_token ?? token;
    }
    expect(token).not.toBe(answer.refresh_token);
    const logout = await client.post("/api/auth/logout", { body: { refresh_token: token } });
    expect(logout.status).toBe(204);
    expect(await problem(await refreshWith(client, token))).toEqual([401, "session_revoked"]);
  });

  test("is not a script in a page: a browser's request for a token in the body is refused", async () => {
    const server = await start();
    const { user } = await signIn(server);
    const body = { username: user.username, password, refresh_token_delivery: "body" };
    for (const headers of [{ Origin: server.url }, { "Sec-Fetch-Site": "same-origin" }]) {
      const response = await new Browser(server.url).post("/api/auth/login", { body, headers });
      expect(await problem(response)).toEqual([403, "origin_not_allowed"]);
    }
  });

  test("cannot use a token from a cookie, nor a browser one from a body", async () => {
    const server = await start({ REFRESH_TOKEN_MIN_AGE: "0" });
    const { answer } = await signIn(server);
    const browser = new Browser(server.url);
    const signedUp = await browser.signUp();
    expect(JSON.stringify(signedUp)).not.toMatch(/refresh_token/);
    const [name = "", sealed = ""] =
      [...browser.cookies].find(([cookie]) => cookie.includes("refresh_token")) ?? [];
    const stolen = await refreshWith(new Browser(server.url), sealed);
    expect(await problem(stolen)).toEqual([401, "refresh_invalid"]);
    expect(await (await browser.refresh()).json()).not.toHaveProperty("refresh_token");

    browser.cookies.set(name, answer.refresh_token);
    expect(await problem(await browser.refresh())).toEqual([401, "refresh_invalid"]);
  });
});

test("only our own pages' server can name the client it forwards for", async () => {
  const server = await start();
  const browser = new Browser(server.url);
  const body = { username: "mallory", email: "mallory@example.com", password };
  for (const forwarded of ["203.0.113.9", "Fe26.2*1*a*b*c*d*e*f~2"]) {
    browser.cookies.clear();
    const headers = { "x-latchkey-forwarded": forwarded };
    const path = forwarded.startsWith("203") ? "signup" : "login";
    const response = await browser.post(`/api/auth/${path}`, { body, headers });
    const { access_token: token } = await response.json();
    const { sessions } = await (await browser.get("/api/auth/sessions", { token })).json();
    expect(sessions[0].ip).toMatch(/^(::1|127\.0\.0\.1)$/);
  }
});

test("an instance whose clock is five minutes ahead signs no user out", async () => {
  const settings = { DATABASE_URL: await newDatabase(), APP_URL: "http://localhost:3000" };
  const right = await start(settings);
  const ahead = await start({ ...settings, ...clockAhead(300) });
  const browser = new Browser(ahead.url);
  const { access_token: early } = await browser.signUp();
  browser.origin = right.url;
  // The session goes on, whichever instance receives the next request …
  for (const url of [right.url, ahead.url, right.url, ahead.url]) {
    browser.origin = url;
    expect((await browser.refresh()).status).toBe(200);
  }
  // … but an access token from the future is invalid (RFC 8725 §3.10), and the client refreshes.
  browser.origin = right.url;
  expect(await problem(await browser.get("/api/ping", { token: early }))).toEqual([
    401,
    "token_invalid",
  ]);
  const { access_token: token } = await (await browser.refresh()).json();
  expect((await browser.get("/api/ping", { token })).status).toBe(200);
  browser.origin = ahead.url;
  expect((await browser.get("/api/ping", { token })).status).toBe(200);
});
