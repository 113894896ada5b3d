/** The verdicts of docs/sessions.md over HTTP: the response, the cookie and what is written. */
import type { Updateable } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/index.ts";
import type { SessionsTable } from "#db/schema.ts";
import { openRefreshToken, type RefreshToken } from "#lib/auth/session/refresh-token.ts";
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { randomId } from "#lib/crypto/random.ts";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

const cookieName = "__Host-refresh_token";
let database: TestDatabase;
let server: Server;
let db: Database;

beforeAll(async () => {
  database = await newDatabase();
  server = await startServer({
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    RATE_LIMITS: "off",
  });
  db = openDatabase(database.url);
});

afterAll(async () => {
  await db.close();
  await server.stop();
  await database.remove();
});

/** Returns a browser that has just signed up, its opened refresh token and its session's row. */
async function signedUp() {
  const browser = new Browser(server.url);
  const { access_token: accessToken, user } = await browser.signUp();
  const token = await held(browser);
  const row = () =>
    db.query
      .selectFrom("sessions")
      .selectAll()
      .where("id", "=", token.session)
      .executeTakeFirstOrThrow();
  const change = (columns: Updateable<SessionsTable>) =>
    db.query.updateTable("sessions").set(columns).where("id", "=", token.session).execute();
  return { browser, accessToken, user, token, row, change };
}

async function held(browser: Browser): Promise<RefreshToken> {
  const presented = await openRefreshToken(
    [browser.cookies.get(cookieName) ?? ""],
    new Keyring([secret]),
  );
  if (presented.kind !== "token") throw new Error(presented.kind);
  return presented.token;
}

/** Returns a browser whose cookie is `token`, sealed. */
async function holding(token: RefreshToken): Promise<Browser> {
  const browser = new Browser(server.url);
  browser.cookies.set(cookieName, await sealRefreshToken(token, new Keyring([secret])));
  return browser;
}

/** Returns `token`, old enough to advance its session. */
const aged = (token: RefreshToken) => ({ ...token, issued_at: Date.now() - 61_000 });

function maxAge(response: Response): number {
  const [cookie = ""] = response.headers.getSetCookie();
  return Number(/Max-Age=(\d+)/.exec(cookie)?.[1]);
}

describe("a current token", () => {
  test("gets a token response and a successor, which no cache may keep", async () => {
    const { browser, user, token } = await signedUp();
    const response = await browser.refresh();
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      access_token: expect.any(String),
      token_type: "Bearer",
      expires_in: 900,
      expires_at: expect.any(Number),
      user,
    });
    const next = await held(browser);
    expect(next).toMatchObject({ session: token.session, generation: 1, parent: token.id });
    expect(response.headers.getSetCookie()).toHaveLength(1);
    expect(response.headers.getSetCookie()[0]).toMatch(
      /^__Host-refresh_token=\S+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=1209\d{3}$/,
    );
  });

  test("stays valid: each tab gets a successor of its own, and nothing is written", async () => {
    const { browser, row } = await signedUp();
    const before = await row();
    const tabs = [browser.copy(), browser.copy(), browser.copy()];
    for (const tab of tabs) expect((await tab.refresh()).status).toBe(200);
    const ids = new Set(await Promise.all(tabs.map(async (tab) => (await held(tab)).id)));
    expect(ids.size).toBe(3);
    expect(await row()).toEqual(before);
    for (const tab of tabs) expect((await tab.refresh()).status).toBe(200);
  });

  test("records its use once a minute and moves the idle limit", async () => {
    const { browser, row, change } = await signedUp();
    const now = Date.now();
    await change({ last_used_at: now - 61_000, idle_expires_at: now + 60_000 });
    await browser.copy().refresh();
    const touched = await row();
    expect(touched.last_used_at).toBeGreaterThanOrEqual(now);
    expect(touched.idle_expires_at - touched.last_used_at).toBe(1_209_600_000);
    await browser.copy().refresh();
    expect(await row()).toEqual(touched);
  });
});

describe("a successor", () => {
  test("that is young gets an access token and keeps its cookie; nothing is written", async () => {
    const { browser, row } = await signedUp();
    await browser.refresh();
    const before = await row();
    const response = await browser.refresh();
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await row()).toEqual(before);
  });

  test("that is older advances the session and gets a successor of its own", async () => {
    const { browser, row } = await signedUp();
    await browser.refresh();
    const older = aged(await held(browser));
    const later = await holding(older);
    expect((await later.refresh()).status).toBe(200);
    expect(await row()).toMatchObject({ generation: 1, token_id: older.id });
    expect(await held(later)).toMatchObject({ generation: 2, parent: older.id });
  });

  test("from before a restored backup is ahead, and still advances the session", async () => {
    const { token, row } = await signedUp();
    const ahead = { ...aged(token), generation: 7, id: randomId(), parent: randomId() };
    const browser = await holding(ahead);
    expect((await browser.refresh()).status).toBe(200);
    expect(await row()).toMatchObject({ generation: 7, token_id: ahead.id });
    expect(await held(browser)).toMatchObject({ generation: 8, parent: ahead.id });
  });
});

describe("an overtaken token", () => {
  /** The owner has advanced the session; `old` holds the token from before, as a thief may. */
  async function overtaken() {
    const signed = await signedUp();
    const old = signed.browser.copy();
    await signed.browser.refresh();
    const owner = await holding(aged(await held(signed.browser)));
    await owner.refresh();
    return { ...signed, owner, old };
  }

  test("is superseded for thirty seconds: a 409 that changes nothing", async () => {
    const { owner, old, row } = await overtaken();
    const before = await row();
    const response = await old.refresh();
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await problem(response)).toEqual([409, "refresh_superseded"]);
    expect(await row()).toEqual(before);
    expect((await owner.refresh()).status).toBe(200);
  });

  test("of the same generation, but not the one in use, is superseded, too", async () => {
    const { owner, token } = await overtaken();
    const { generation } = await held(owner);
    const twin = { ...token, generation: generation - 1, id: randomId(), parent: token.id };
    expect(await problem(await (await holding(twin)).refresh())).toEqual([
      409,
      "refresh_superseded",
    ]);
  });

  test("is reused after that, and ends the session for both sides", async () => {
    const { owner, old, accessToken, change, token } = await overtaken();
    await change({ advanced_at: Date.now() - 31_000 });
    const reused = await old.refresh();
    expect(reused.headers.getSetCookie()).toEqual([]);
    expect(await problem(reused)).toEqual([401, "refresh_reused"]);
    for (const side of [owner, old]) {
      const over = await side.refresh();
      expect(over.headers.getSetCookie()).toEqual([]);
      expect(await problem(over)).toEqual([401, "session_revoked"]);
    }
    const ping = await owner.get("/api/ping", { token: accessToken });
    expect(await problem(ping)).toEqual([401, "token_revoked"]);
    const row = await db.query
      .selectFrom("blacklist")
      .select("reason")
      .where("session_id", "=", token.session)
      .executeTakeFirst();
    expect(row).toEqual({ reason: "reuse" });
  });
});

describe("the end of a session", () => {
  test.each<[string, () => Updateable<SessionsTable>]>([
    ["two weeks without use", () => ({ idle_expires_at: Date.now() - 1 })],
    ["its absolute limit", () => ({ expires_at: Date.now() - 1 })],
  ])("is %s, whatever the cookie says", async (_, limit) => {
    const { browser, change, accessToken } = await signedUp();
    await change(limit());
    const response = await browser.refresh();
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await problem(response)).toEqual([401, "session_expired"]);
    const ping = await browser.get("/api/ping", { token: accessToken });
    expect(await problem(ping)).toEqual([401, "token_revoked"]);
    expect((await browser.get("/me")).status).toBe(307);
  });

  test("comes when its row is pruned, too", async () => {
    const { token } = await signedUp();
    const gone = await holding({ ...token, session: randomId() });
    expect(await problem(await gone.refresh())).toEqual([401, "session_expired"]);
    expect((await gone.post("/api/auth/logout")).status).toBe(204);
  });

  test("is outlived by neither the cookie nor the access token", async () => {
    const { browser, change } = await signedUp();
    await change({ expires_at: Date.now() + 100_000 });
    const response = await browser.refresh();
    expect(maxAge(response)).toBeGreaterThan(0);
    expect(maxAge(response)).toBeLessThanOrEqual(100);
    const { expires_in } = await response.json();
    expect(expires_in).toBeGreaterThan(0);
    expect(expires_in).toBeLessThanOrEqual(100);
  });
});

test("a session without `remember` keeps a cookie without Max-Age", async () => {
  const { user } = await signedUp();
  const browser = new Browser(server.url);
  const body = { username: user.username, password, remember: false };
  await browser.post("/api/auth/login", { body });
  const [cookie] = (await browser.refresh()).headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-refresh_token=\S+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
});
